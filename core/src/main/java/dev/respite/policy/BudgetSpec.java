package dev.respite.policy;

import dev.respite.outcome.ErrorKind;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * How a retry budget is funded and spent: the pure value in a policy. The bucket that is made from it belongs to the
 * {@code Retry}, so that it is shared by all the calls that go to one target, and never to the policy.
 *
 * <p>What the published ones do in an outage differs by kind, not by number. Budgets that are funded by successes let
 * the target recover at every utilisation; those in proportion to requests, or with a floor of so many retries a second,
 * can keep a busy server down permanently.
 */
public sealed interface BudgetSpec
        permits BudgetSpec.Off,
                BudgetSpec.Fleet,
                BudgetSpec.Tokens,
                BudgetSpec.Grpc,
                BudgetSpec.Finagle,
                BudgetSpec.Ratio {

    /** No budget: every retry that the policy allows is made. */
    record Off() implements BudgetSpec {
        @Override
        public String toString() {
            return "off";
        }
    }

    /**
     * The default: it limits what all the clients of one target add to its load together, though each has a budget of its own.
     *
     * <p>A retry takes two things: a token, as of {@link PerSuccess}, which limits retries in the long run, and credit from an
     * account with a short memory, which limits how many retries all clients make at the same moment. Overload signals and
     * other errors have an account each; an overload signal takes no token. A fraction of a retry is granted by lot, so that
     * many clients with little credit retry as many calls as they have credit together. An ordinary error that took much
     * longer than calls usually take costs more, since its target has a queue.
     *
     * <p>Credit comes from four sources: successful calls of the last seconds; the client's part of what the whole fleet may
     * retry at once; retries that have helped before; and, unless the number of clients is declared, a client that is new, or
     * has made no call for a while. How these were measured is in {@code docs/budgets.md}.
     *
     * @param clients how many clients, each with a budget of its own, call the target, 1 to 10,000,000; empty if that is not
     *     declared, which is safe for up to {@value #ASSUMED_CLIENTS}
     * @param tokens what retries of ordinary errors cost in the long run
     * @param overload the account of overload signals: timeouts, 503, 504, 429
     * @param ordinary the account of other errors
     * @param fresh how long a client counts as new
     * @param deviations how far above the mean the latency of a failed attempt may be, in mean absolute deviations of the
     *     latency of successes, 1 to 1,000; beyond that its retry costs more
     */
    record Fleet(
            OptionalInt clients, Funding tokens, Account overload, Account ordinary, Fresh fresh, double deviations)
            implements BudgetSpec {

        /** How many clients share a target where nothing is declared. */
        public static final int ASSUMED_CLIENTS = 1_000;

        /** The greatest number of clients that may be declared. */
        public static final int MAX_CLIENTS = 10_000_000;

        /** Retries of overload signals that a successful call brings back to a client that has less than its credit. */
        public static final double OVERLOAD_REFILL = 0.1;

        /** The default budget. */
        public static final Fleet DEFAULT = new Fleet(
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
         * @param burst the most tokens, 1 to 1,000,000; so many are there at first
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
         * @param fleetBurst retries that all clients together may make at once, apart from those that were earned, 0 to
         *     1,000,000
         * @param perSuccess retries that a successful call earns, 0 to 1,000
         * @param memory how long earned retries last: of so many, 37 % are left after this time; 1 ms to 1 h
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
         * How long a client counts as new.
         *
         * @param memory how long the credit of a new client lasts while it makes calls: 37 % are left after this time; 1 ms to
         *     1 h
         * @param idle a client that has made no call for so long counts as new again; 1 ms to 24 h
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
        public Fleet {
            deviations = Numbers.rounded(deviations);
            if (clients.isPresent()) {
                Ranges.check("clients", clients.getAsInt(), 1, MAX_CLIENTS);
            }
            Ranges.check("deviations", deviations, 1, 1_000);
        }

        /**
         * This budget for a declared number of clients.
         *
         * @param clients how many clients, each with a budget of its own, call the target, 1 to 10,000,000
         * @return the budget
         * @throws IllegalArgumentException if the number is out of its range
         */
        public Fleet withClients(int clients) {
            return new Fleet(OptionalInt.of(clients), tokens, overload, ordinary, fresh, deviations);
        }

        /**
         * This budget without a declared number of clients.
         *
         * @return the budget of a client that does not know how many there are
         */
        public Fleet withoutClients() {
            return new Fleet(OptionalInt.empty(), tokens, overload, ordinary, fresh, deviations);
        }

        @Override
        public String toString() {
            return FleetText.format(this);
        }
    }

    /**
     * A bucket that starts full, from which each retry takes its cost, and into which successes put something back.
     */
    sealed interface Tokens extends BudgetSpec permits PerSuccess, Aws {
        /**
         * The size of the bucket.
         *
         * @return tokens, above 0
         */
        double capacity();

        /**
         * What a retry of this kind of error takes.
         *
         * @param kind the kind of error
         * @return tokens, not negative
         */
        double cost(ErrorKind kind);

        /**
         * What a call that succeeded at its first attempt puts back.
         *
         * @return tokens
         */
        double firstAttemptDeposit();

        /**
         * What a call that succeeded after retries puts back.
         *
         * @param lastRetried the kind of error that its last retry was made for
         * @return tokens
         */
        double afterRetryDeposit(ErrorKind lastRetried);
    }

    /**
     * Tokens for each successful call, such as 0.5 a success, at most 20, an overload signal costing 10 and any other error 1.
     *
     * <p>{@code 10%} in the text form is 0.1 a success, at most 10, each retry costing 1: over a minute at a steady rate
     * that is the course's {@code success rate × total rate × budget × 60}.
     *
     * @param perSuccess tokens for each successful call, above 0 and at most 1000
     * @param burst the size of the bucket in tokens, 1 to 1,000,000; it starts full
     * @param overloadCost tokens for the retry of an overload signal, from 1 to the burst; any other error costs 1,
     *     one that never reached its target costs nothing
     */
    record PerSuccess(double perSuccess, double burst, double overloadCost) implements Tokens {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a number is out of its range
         */
        public PerSuccess {
            perSuccess = Numbers.rounded(perSuccess);
            burst = Numbers.rounded(burst);
            overloadCost = Numbers.rounded(overloadCost);
            Ranges.check("tokens per success", perSuccess, 0.000_001, 1_000);
            Ranges.check("burst", burst, 1, 1_000_000);
            Ranges.check("overload cost", overloadCost, 1, burst);
        }

        @Override
        public double capacity() {
            return burst;
        }

        @Override
        public double cost(ErrorKind kind) {
            return switch (kind.load()) {
                case NONE -> 0;
                case ORDINARY -> 1;
                case OVERLOAD -> overloadCost;
            };
        }

        @Override
        public double firstAttemptDeposit() {
            return perSuccess;
        }

        @Override
        public double afterRetryDeposit(ErrorKind lastRetried) {
            return perSuccess;
        }

        @Override
        public String toString() {
            boolean percent = burst == 10 && overloadCost == 1 && perSuccess <= 1;
            return percent
                    ? BudgetText.percent(perSuccess)
                    : "success:" + ValueFormat.format(perSuccess) + "/" + ValueFormat.format(burst) + "/"
                            + ValueFormat.format(overloadCost);
        }
    }

    /**
     * The buckets of the AWS SDKs' standard mode: 500 tokens; a success at the first try adds 1, a success after retries
     * gives back what its last retry cost.
     *
     * @param version whose costs are taken
     */
    record Aws(Version version) implements Tokens {

        /** The two published sets of costs. */
        public enum Version {
            /** A retry costs 5, of a timeout 10. */
            V2_0,
            /** A retry costs 14, timeouts too; of a throttling answer 5. */
            V2_1
        }

        @Override
        public double capacity() {
            return 500;
        }

        @Override
        public double cost(ErrorKind kind) {
            if (kind.load() == ErrorKind.Load.NONE) {
                return 0;
            }
            if (version == Version.V2_0) {
                return kind.name().equals(ErrorKind.TIMEOUT.name()) ? 10 : 5;
            }
            return ErrorSelector.isThrottling(kind) ? 5 : 14;
        }

        @Override
        public double firstAttemptDeposit() {
            return 1;
        }

        @Override
        public double afterRetryDeposit(ErrorKind lastRetried) {
            return cost(lastRetried);
        }

        @Override
        public String toString() {
            return version == Version.V2_0 ? "aws-2.0" : "aws-2.1";
        }
    }

    /**
     * gRPC's retry throttling (proposal A6): each transient failure takes one token, each success adds the ratio, and
     * retries are made only while more than half of the tokens are there.
     *
     * @param maxTokens 1 to 1000; the bucket starts full
     * @param tokenRatio tokens for each success, above 0 and at most 1000; three decimals are kept
     */
    record Grpc(int maxTokens, double tokenRatio) implements BudgetSpec {
        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a number is out of its range
         */
        public Grpc {
            Ranges.check("max tokens", maxTokens, 1, 1_000);
            Ranges.check("token ratio", tokenRatio, 0.001, 1_000);
            tokenRatio = Math.floor(tokenRatio * 1_000 + 1e-6) / 1_000;
        }

        @Override
        public String toString() {
            return "grpc:" + maxTokens + "/" + ValueFormat.format(tokenRatio);
        }
    }

    /**
     * Finagle's budget: over a sliding window, a part of all requests and a floor of so many retries a second. Linkerd
     * and tower took the same defaults.
     *
     * @param ratio retries for each request, above 0 and at most 1000; 0.2 by default
     * @param minPerSecond retries a second that are always allowed, 0 to 1,000,000; 10 by default
     * @param window how long a request counts, 1 to 60 s; 10 s by default
     */
    record Finagle(double ratio, double minPerSecond, Duration window) implements BudgetSpec {
        /** The published defaults. */
        public static final Finagle DEFAULT = new Finagle(0.2, 10, Duration.ofSeconds(10));

        /**
         * Checks the ranges.
         *
         * @throws IllegalArgumentException if a number is out of its range
         */
        public Finagle {
            ratio = Numbers.rounded(ratio);
            minPerSecond = Numbers.rounded(minPerSecond);
            Ranges.check("retries for each request", ratio, 0.001, 1_000);
            Ranges.check("retries a second", minPerSecond, 0, 1_000_000);
            Ranges.check("window in seconds", window.toNanos() / 1e9, 1, 60);
        }

        @Override
        public String toString() {
            return equals(DEFAULT)
                    ? "finagle"
                    : "finagle:" + ValueFormat.format(ratio) + "/" + ValueFormat.format(minPerSecond) + "/"
                            + ValueFormat.formatNanos(window.toNanos());
        }
    }

    /**
     * The client-side ratio of the Google SRE book: at most this part of all the requests of the last two minutes may be
     * retries.
     *
     * @param ratio the fraction, above 0 and below 1; 0.1 in the book
     */
    record Ratio(double ratio) implements BudgetSpec {
        /** How long a request counts. */
        public static final Duration WINDOW = Duration.ofMinutes(2);

        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if the part is out of its range
         */
        public Ratio {
            ratio = Numbers.rounded(ratio);
            Ranges.check("part of retries", ratio, 0.000_1, 0.999_9);
        }

        @Override
        public String toString() {
            return ratio == 0.1 ? "sre" : "sre:" + BudgetText.percent(ratio);
        }
    }

    /**
     * Reads a budget in the text form of the key {@code budget}: {@code fleet}, {@code
     * fleet:clients=5000,tokens=0.5/20,overload=2/30/0.02/5s,ordinary=8/80/1/5s,fresh=8s/30s,deviations=8} (any of these may be
     * left out), {@code 10%}, {@code success:0.5/20/10}, {@code aws-2.0},
     * {@code aws-2.1}, {@code grpc:10/0.1}, {@code finagle}, {@code finagle:0.2/10/10s}, {@code sre}, {@code sre:10%} or
     * {@code off}. {@code toString} is the inverse.
     *
     * @param text the text
     * @return the budget
     * @throws InvalidPolicyException if the text is none of these
     */
    static BudgetSpec parse(String text) {
        return BudgetText.parse(text);
    }
}
