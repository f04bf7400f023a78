package dev.respite.policy;

/** The absence of a budget: every retry that the policy allows is made. */
enum NoBudget implements BudgetSpec {
    OFF;

    @Override
    public String toString() {
        return "off";
    }
}
