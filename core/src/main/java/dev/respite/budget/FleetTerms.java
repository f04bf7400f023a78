package dev.respite.budget;

import dev.respite.policy.FleetSpec;
import java.time.Duration;

/**
 * The constants of the default budget. The measurements behind them are in {@code docs/evidence/budgets.md}.
 *
 * @param tokens the cost of retries of ordinary errors in the long run
 * @param overload the account of overload signals: timeouts, 503, 504, 429
 * @param ordinary the account of other errors
 * @param fresh how long a client counts as new
 * @param deviations how far above the mean the latency of a failed attempt may be, in mean absolute deviations of the latency
 *     of successes; beyond that its retry costs more
 */
record FleetTerms(Funding tokens, Account overload, Account ordinary, Fresh fresh, double deviations) {

    static final FleetTerms DEFAULT = new FleetTerms(
            new Funding(FleetSpec.TOKENS_PER_SUCCESS, 20),
            new Account(
                    FleetSpec.OVERLOAD_CREDIT,
                    FleetSpec.OVERLOAD_FLEET_BURST,
                    FleetSpec.OVERLOAD_PER_SUCCESS,
                    FleetSpec.OVERLOAD_MEMORY),
            new Account(8, 80, 1, Duration.ofSeconds(5)),
            new Fresh(Duration.ofSeconds(8), Duration.ofSeconds(400)),
            8);

    /**
     * The tokens of ordinary errors.
     *
     * @param perSuccess tokens for each successful call
     * @param burst the greatest number of tokens, and the number at first
     */
    record Funding(double perSuccess, double burst) {}

    /**
     * An account with a short memory. Its unit is a retry.
     *
     * @param credit retries that a new client may make
     * @param fleetBurst retries that all clients together may make at once without having earned them
     * @param perSuccess retries that a successful call earns
     * @param memory the time constant of earned retries: after it, 37 % of them are left
     */
    record Account(double credit, double fleetBurst, double perSuccess, Duration memory) {}

    /**
     * The time in which a client counts as new.
     *
     * @param memory the time constant of a new client's credit while it makes calls: after it, 37 % is left
     * @param idle a client counts as new again that has made fewer than two calls in this time
     */
    record Fresh(Duration memory, Duration idle) {}
}
