package dev.respite.policy;

import dev.respite.text.Ranges;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The specification of the default budget. It limits the retries that all clients of one target make together, though each client has a budget of
 * its own.
 *
 * <p>A retry takes a token and credit. Tokens limit retries in the long run. Credit comes from an account with a short memory,
 * which limits the retries that all clients make at the same moment. Overload signals and other errors have an account each; an
 * overload signal takes no token. A fraction of a retry is granted with the probability of that fraction, so that many clients
 * with little credit retry as many calls as they have credit together. An ordinary error that took much longer than calls
 * usually take costs more, since its target has a queue.
 *
 * <p>Successful calls of the last seconds and retries that have helped before earn credit. A client also has its share of the
 * burst of the whole fleet. Unless the number of clients is declared, a client that is new or has made no call for a while has
 * credit, too. The measurements behind the numbers are in {@code docs/evidence/budgets.md}.
 *
 * @param clients the number of clients of the target, each with a budget of its own, 1 to 10,000,000. Empty if that is not
 *     declared, which is safe for up to {@value #ASSUMED_CLIENTS} clients
 * @param tokens the cost of retries of ordinary errors in the long run
 * @param overload the account of overload signals: timeouts, 503, 504, 429
 * @param ordinary the account of other errors
 * @param fresh how long a client counts as new
 * @param deviations how far above the mean the latency of a failed attempt may be, in mean absolute deviations of the latency
 *     of successes, 1 to 1,000; beyond that its retry costs more
 */
public record FleetSpec(
        OptionalInt clients, Funding tokens, Account overload, Account ordinary, Fresh fresh, double deviations)
        implements BudgetSpec {

    /** The number of clients of a target that is assumed if none is declared. */
    public static final int ASSUMED_CLIENTS = 1_000;

    /** The greatest number of clients that may be declared. */
    public static final int MAX_CLIENTS = 10_000_000;

    /** Retries of overload signals that a successful call adds for a client that has less than its credit. */
    public static final double OVERLOAD_REFILL = 0.1;

    /** The default budget. */
    public static final FleetSpec DEFAULT = new FleetSpec(
            OptionalInt.empty(),
            new Funding(0.5, 20),
            new Account(2, 30, 0.02, Duration.ofSeconds(5)),
            new Account(8, 80, 1, Duration.ofSeconds(5)),
            new Fresh(Duration.ofSeconds(8), Duration.ofSeconds(30)),
            8);

    /**
     * The tokens of ordinary errors.
     *
     * @param perSuccess tokens for each successful call, above 0 and at most 1000
     * @param burst the greatest number of tokens, 1 to 1,000,000, and the number at first
     */
    public record Funding(double perSuccess, double burst) {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a number is out of its range
         */
        public Funding {
            perSuccess = Numbers.rounded(perSuccess);
            burst = Numbers.rounded(burst);
            Ranges.check("tokens per success", perSuccess, 0.000_001, 1_000);
            Ranges.check("burst", burst, 1, 1_000_000);
        }

        @Override
        public String toString() {
            return ValueFormat.format(perSuccess) + "/" + ValueFormat.format(burst);
        }
    }

    /**
     * An account with a short memory. Its unit is a retry.
     *
     * @param credit retries that a new client may make, 0 to 1,000
     * @param fleetBurst retries that all clients together may make at once without having earned them, 0 to 1,000,000
     * @param perSuccess retries that a successful call earns, 0 to 1,000
     * @param memory the time constant of earned retries, 1 ms to 1 h: after it, 37 % of them are left
     */
    public record Account(double credit, double fleetBurst, double perSuccess, Duration memory) {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a value is out of its range
         */
        public Account {
            credit = Numbers.rounded(credit);
            fleetBurst = Numbers.rounded(fleetBurst);
            perSuccess = Numbers.rounded(perSuccess);
            Ranges.check("credit", credit, 0, 1_000);
            Ranges.check("fleet burst", fleetBurst, 0, 1_000_000);
            Ranges.check("retries per success", perSuccess, 0, 1_000);
            Ranges.check("memory", memory, Duration.ofMillis(1), Duration.ofHours(1));
        }

        @Override
        public String toString() {
            return ValueFormat.format(credit) + "/" + ValueFormat.format(fleetBurst) + "/"
                    + ValueFormat.format(perSuccess) + "/" + ValueFormat.format(memory);
        }
    }

    /**
     * The time in which a client counts as new.
     *
     * @param memory the time constant of a new client's credit while it makes calls, 1 ms to 1 h: after it, 37 % is left
     * @param idle the time without a call after which a client counts as new again, 1 ms to 24 h
     */
    public record Fresh(Duration memory, Duration idle) {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a time is out of its range
         */
        public Fresh {
            Ranges.check("memory", memory, Duration.ofMillis(1), Duration.ofHours(1));
            Ranges.check("idle", idle, Duration.ofMillis(1), Duration.ofHours(24));
        }

        @Override
        public String toString() {
            return ValueFormat.format(memory) + "/" + ValueFormat.format(idle);
        }
    }

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public FleetSpec {
        deviations = Numbers.rounded(deviations);
        if (clients.isPresent()) {
            Ranges.check("clients", clients.getAsInt(), 1, MAX_CLIENTS);
        }
        Ranges.check("deviations", deviations, 1, 1_000);
    }

    /**
     * Returns this budget with a declared number of clients.
     *
     * @param clients the number of clients of the target, each with a budget of its own, 1 to 10,000,000
     * @return the budget
     * @throws IllegalArgumentException if the number is out of its range
     */
    public FleetSpec withClients(int clients) {
        return new FleetSpec(OptionalInt.of(clients), tokens, overload, ordinary, fresh, deviations);
    }

    /**
     * Returns this budget without a declared number of clients.
     *
     * @return the budget
     */
    public FleetSpec withoutClients() {
        return new FleetSpec(OptionalInt.empty(), tokens, overload, ordinary, fresh, deviations);
    }

    /** The text form. It has only the parts that differ from {@link #DEFAULT}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        clients.ifPresent(number -> parts.add("clients=" + number));
        addChanged(parts, "tokens=" + tokens, "tokens=" + DEFAULT.tokens);
        addChanged(parts, "overload=" + overload, "overload=" + DEFAULT.overload);
        addChanged(parts, "ordinary=" + ordinary, "ordinary=" + DEFAULT.ordinary);
        addChanged(parts, "fresh=" + fresh, "fresh=" + DEFAULT.fresh);
        addChanged(
                parts,
                "deviations=" + ValueFormat.format(deviations),
                "deviations=" + ValueFormat.format(DEFAULT.deviations));
        return parts.isEmpty() ? "fleet" : "fleet:" + String.join(",", parts);
    }

    private static void addChanged(List<String> parts, String own, String usual) {
        if (!own.equals(usual)) {
            parts.add(own);
        }
    }
}
