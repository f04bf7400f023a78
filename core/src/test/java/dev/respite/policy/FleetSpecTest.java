package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The text form of the default budget, and of its number of clients in a policy. */
@Tag("cases")
class FleetSpecTest {

    private static final FleetSpec DEFAULT = FleetSpec.DEFAULT;

    @Test
    void parse_ofFleet_isTheDefault() {
        assertThat(BudgetSpec.parse("fleet")).isEqualTo(DEFAULT).hasToString("fleet");
        assertThat(RetryPolicy.defaults().budget()).isEqualTo(DEFAULT);
    }

    @Property
    void parse_ofTheTextOfAnyFleet_isEqual(@ForAll @IntRange(min = 0, max = 10_000_000) int clients) {
        FleetSpec fleet = clients == 0 ? DEFAULT : DEFAULT.withClients(clients);
        assertThat(BudgetSpec.parse(fleet.toString())).isEqualTo(fleet);
        RetryPolicy policy = RetryPolicy.builder().budget(fleet).build();
        assertThat(policy.budget()).isEqualTo(fleet);
        assertThat(RetryPolicy.parse(policy.toString())).isEqualTo(policy);
        assertThat(policy.toBuilder().build()).isEqualTo(policy);
    }

    @Test
    void numbersOutOfRange_areRefusedWithTheRange() {
        assertRefused(() -> DEFAULT.withClients(0), "clients 0: must be from 1 to 10000000");
        assertRefused(() -> DEFAULT.withClients(10_000_001), "clients 10000001");
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable make, String message) {
        assertThatThrownBy(make).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }

    @Test
    void clients_ofAPolicy_areThoseOfItsBudget() {
        RetryPolicy policy = RetryPolicy.parse("clients=5000");
        assertThat(policy.budget()).isEqualTo(DEFAULT.withClients(5_000));
        assertThat(policy).isEqualTo(RetryPolicy.parse("budget=fleet:clients=5000"));
        assertThat(policy).isEqualTo(RetryPolicy.builder().clients(5_000).build());
        assertThat(policy.toString()).endsWith(" budget=fleet clients=5000");
        assertThat(RetryPolicy.parse("clients=5 budget=fleet").budget()).hasToString("fleet:clients=5");
    }

    @Test
    void toBuilder_ofAPolicyWithClients_keepsThemWithTheBudget() {
        RetryPolicy policy = RetryPolicy.parse("clients=5000 budget=fleet");
        assertThat(policy.toBuilder().build()).isEqualTo(policy);
        assertThat(policy.toBuilder().maxAttempts(7).build().budget()).isEqualTo(policy.budget());
        assertThat(policy.toBuilder().clients(6).build().budget()).hasToString("fleet:clients=6");
        assertThat(policy.toBuilder().budget(DEFAULT.withClients(6)).build().budget())
                .hasToString("fleet:clients=6");
        assertThat(policy.toBuilder().budget(DEFAULT).build().budget())
                .as("the number of clients is one of the target's, and was not given anew")
                .hasToString("fleet:clients=5000");
    }

    @Test
    void inheritedClients_yieldToABudgetThatDoesNotDependOnThem() {
        RetryPolicy policy = RetryPolicy.parse("clients=5000");
        RetryPolicy other = policy.toBuilder().budget(BudgetSpec.parse("10%")).build();
        assertThat(other.budget()).hasToString("10%");
        assertThat(other.toString()).doesNotContain("clients");
        assertThat(policy.toBuilder().preset("course").build().budget()).hasToString("10%");
    }

    @Test
    void clients_withAPresetThatHasAnotherBudget_areRefused_unlessTheBudgetIsGivenToo() {
        for (String preset : new String[] {"course", "aws-standard-2.0", "aws-standard-2.1", "grpc"}) {
            assertThatThrownBy(() -> RetryPolicy.parse("preset=" + preset + " clients=5"))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageContaining("clients=5: has no effect with budget=");
            assertThat(RetryPolicy.parse("preset=" + preset + " budget=fleet clients=5")
                            .budget())
                    .hasToString("fleet:clients=5");
        }
    }

    @Test
    void clients_withABudgetThatIsSwitchedOff_yield() {
        RetryPolicy policy = RetryPolicy.parse("clients=20 budget=off");

        assertThat(policy).isEqualTo(RetryPolicy.parse("budget=off"));
        assertThat(Explanation.of(policy).warnings())
                .filteredOn(warning -> warning.code().equals("no-budget"))
                .hasSize(1);
    }
}
