package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * The specification of the default budget. It limits the retries that all clients of one target make together, though each
 * client has a budget of its own.
 *
 * <p>A retry takes a token and credit. Tokens limit retries in the long run. Credit comes from an account with a short memory,
 * which limits the retries that all clients make at the same moment. Overload signals and other errors have an account each; an
 * overload signal takes no token. A fraction of a retry is granted with the probability of that fraction, so that many clients
 * with little credit retry as many calls as they have credit together. An ordinary error that took much longer than calls
 * usually take costs more, since its target has a queue. An overload signal costs more until a later call has succeeded.
 *
 * <p>Successful calls of the last seconds and retries that have helped before earn credit. A client also has its share of the
 * burst of the whole fleet. Unless the number of clients is declared, a client that is new or has made no call for a while has
 * credit, too. The measurements behind the numbers are in {@code docs/evidence/budgets.md}.
 *
 * @param clients the number of clients of the target, each with a budget of its own, 1 to 10,000,000. Empty if that is not
 *     declared, which is safe if they have called twice, call at least once a minute, and the target serves 10 requests a second
 *     or more
 */
public record FleetSpec(OptionalInt clients) implements BudgetSpec {

    /** The number of clients of a target that is assumed if none is declared. */
    public static final int ASSUMED_CLIENTS = 1_000;

    /** The greatest number of clients that may be declared. */
    public static final int MAX_CLIENTS = 10_000_000;

    /** Tokens for each successful call. */
    public static final double TOKENS_PER_SUCCESS = 0.5;

    /** Retries of overload signals that a new client may make. */
    public static final double OVERLOAD_CREDIT = 2;

    /** Retries of overload signals that all clients together may make at once without having earned them. */
    public static final double OVERLOAD_FLEET_BURST = 30;

    /** Retries of overload signals that a successful call earns. */
    public static final double OVERLOAD_PER_SUCCESS = 0.05;

    /** The time constant of earned retries of overload signals: after it, 37 % of them are left. */
    public static final Duration OVERLOAD_MEMORY = Duration.ofSeconds(5);

    /** Retries of overload signals that a successful call adds for a client that has less than its credit. */
    public static final double OVERLOAD_REFILL = 0.1;

    /** The default budget. */
    public static final FleetSpec DEFAULT = new FleetSpec(OptionalInt.empty());

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the number is out of its range
     */
    public FleetSpec {
        if (clients.isPresent()) {
            ValueFormat.checkRange("clients", clients.getAsInt(), 1, MAX_CLIENTS);
        }
    }

    /**
     * {@return this budget with a declared number of clients}
     *
     * @param clients the number of clients of the target, each with a budget of its own, 1 to 10,000,000
     * @throws IllegalArgumentException if the number is out of its range
     */
    public FleetSpec withClients(int clients) {
        return new FleetSpec(OptionalInt.of(clients));
    }

    /** The text form: {@code fleet}, or for example {@code fleet:clients=5000}. */
    @Override
    public String toString() {
        return clients.isPresent() ? "fleet:clients=" + clients.getAsInt() : "fleet";
    }
}
