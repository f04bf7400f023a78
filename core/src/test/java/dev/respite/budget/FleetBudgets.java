package dev.respite.budget;

import dev.respite.policy.FleetSpec;
import java.time.Duration;

/** Budgets by the rule of the default one, with other constants. */
public final class FleetBudgets {

    private static final Duration LONG = Duration.ofHours(1);

    private FleetBudgets() {}

    /** Has credit for any retry, so that its tokens are the only limit. */
    public static RetryBudget limitedByTokens() {
        return of(FleetTerms.DEFAULT.tokens(), FleetTerms.DEFAULT.overload(), account(1_000));
    }

    /** Has three tokens, credit for two retries of ordinary errors, and for one of an overload signal. */
    public static RetryBudget small() {
        return of(new FleetTerms.Funding(1, 3), account(1), account(2));
    }

    private static FleetTerms.Account account(double credit) {
        return new FleetTerms.Account(credit, credit, 1, LONG);
    }

    private static RetryBudget of(FleetTerms.Funding tokens, FleetTerms.Account overload, FleetTerms.Account ordinary) {
        FleetTerms terms =
                new FleetTerms(tokens, overload, ordinary, FleetTerms.DEFAULT.fresh(), FleetTerms.DEFAULT.deviations());
        return new FleetBudget(new FleetAccounts(FleetSpec.DEFAULT.withClients(1), terms, 1));
    }
}
