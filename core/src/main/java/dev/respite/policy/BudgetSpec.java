package dev.respite.policy;

import java.time.Duration;

/**
 * How a retry budget is funded and spent: the pure value in a policy. The bucket that is made from it belongs to the
 * {@code Retry}, so that it is shared by all the calls that go to one target, and never to the policy.
 *
 * <p>What the published ones do in an outage differs by kind, not by number. Budgets that are funded by successes let
 * the target recover at every utilisation; those in proportion to requests, or with a floor of so many retries a second,
 * can keep a busy server down for good.
 */
public sealed interface BudgetSpec
        permits BudgetSpec.Off, BudgetSpec.Tokens, BudgetSpec.Grpc, BudgetSpec.Finagle, BudgetSpec.Ratio {

    /** No budget: every retry that the policy allows is made. */
    record Off() implements BudgetSpec {
        @Override
        public String toString() {
            return "off";
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
        double firstTryCredit();

        /**
         * What a call that succeeded after retries puts back.
         *
         * @param lastRetried the kind of error that its last retry was made for
         * @return tokens
         */
        double afterRetryCredit(ErrorKind lastRetried);
    }

    /**
     * Tokens for each successful call: the default, 0.5 a success, at most 20, an overload signal costing 10 and any
     * other error 1.
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
         * @param perSuccess as the record has it
         * @param burst as the record has it
         * @param overloadCost as the record has it
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
        public double firstTryCredit() {
            return perSuccess;
        }

        @Override
        public double afterRetryCredit(ErrorKind lastRetried) {
            return perSuccess;
        }

        @Override
        public String toString() {
            boolean percent = burst == 10 && overloadCost == 1 && perSuccess <= 1;
            return percent
                    ? BudgetText.percent(perSuccess)
                    : "success:" + Numbers.format(perSuccess) + "/" + Numbers.format(burst) + "/"
                            + Numbers.format(overloadCost);
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
        public double firstTryCredit() {
            return 1;
        }

        @Override
        public double afterRetryCredit(ErrorKind lastRetried) {
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
         * @param maxTokens as the record has it
         * @param tokenRatio as the record has it
         * @throws IllegalArgumentException if a number is out of its range
         */
        public Grpc {
            Ranges.check("max tokens", maxTokens, 1, 1_000);
            Ranges.check("token ratio", tokenRatio, 0.001, 1_000);
            tokenRatio = Math.floor(tokenRatio * 1_000 + 1e-6) / 1_000;
        }

        @Override
        public String toString() {
            return "grpc:" + maxTokens + "/" + Numbers.format(tokenRatio);
        }
    }

    /**
     * Finagle's budget: over a sliding window, a part of all requests and a floor of so many retries a second. Linkerd
     * and tower took the same defaults.
     *
     * @param part retries for each request, above 0 and at most 1000; 0.2 by default
     * @param minPerSecond retries a second that are always allowed, 0 to 1,000,000; 10 by default
     * @param window how long a request counts, 1 to 60 s; 10 s by default
     */
    record Finagle(double part, double minPerSecond, Duration window) implements BudgetSpec {
        /** The published defaults. */
        public static final Finagle DEFAULT = new Finagle(0.2, 10, Duration.ofSeconds(10));

        /**
         * Checks the ranges.
         *
         * @param part as the record has it
         * @param minPerSecond as the record has it
         * @param window as the record has it
         * @throws IllegalArgumentException if a number is out of its range
         */
        public Finagle {
            part = Numbers.rounded(part);
            minPerSecond = Numbers.rounded(minPerSecond);
            Ranges.check("retries for each request", part, 0.001, 1_000);
            Ranges.check("retries a second", minPerSecond, 0, 1_000_000);
            Ranges.check("window in seconds", window.toNanos() / 1e9, 1, 60);
        }

        @Override
        public String toString() {
            return equals(DEFAULT)
                    ? "finagle"
                    : "finagle:" + Numbers.format(part) + "/" + Numbers.format(minPerSecond) + "/"
                            + Numbers.formatNanos(window.toNanos());
        }
    }

    /**
     * The client-side ratio of the Google SRE book: at most this part of all the requests of the last two minutes may be
     * retries.
     *
     * @param part the part, above 0 and below 1; 0.1 in the book
     */
    record Ratio(double part) implements BudgetSpec {
        /** How long a request counts. */
        public static final Duration WINDOW = Duration.ofMinutes(2);

        /**
         * Checks the range.
         *
         * @param part as the record has it
         * @throws IllegalArgumentException if the part is out of its range
         */
        public Ratio {
            part = Numbers.rounded(part);
            Ranges.check("part of retries", part, 0.000_1, 0.999_9);
        }

        @Override
        public String toString() {
            return part == 0.1 ? "sre" : "sre:" + BudgetText.percent(part);
        }
    }

    /**
     * Reads a budget in the text form of the key {@code budget}: {@code 10%}, {@code success:0.5/20/10}, {@code aws-2.0},
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
