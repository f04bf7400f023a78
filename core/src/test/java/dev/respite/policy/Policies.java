package dev.respite.policy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Valid policies of named parts, made at random by the builder; every key turns up. */
final class Policies {

    private static final List<String> ERRORS = List.of(
            "java.net.SocketException",
            "java.io.IOException",
            "org.example.Outer$Inner",
            "503",
            "429",
            "5xx",
            "4xx",
            "sqlstate:40001",
            "sqlstate:08",
            "grpc:UNAVAILABLE",
            "timeout",
            "throttled",
            "not-ready",
            "any");
    private static final List<String> BUDGETS = List.of(
            "off",
            "10%",
            "0.5%",
            "100%",
            "success:0.5/20/10",
            "success:0.000001/1/1",
            "success:1000/1000000/1000000",
            "aws-2.0",
            "aws-2.1",
            "grpc:10/0.1",
            "grpc:1000/0.001",
            "fleet",
            "fleet:clients=1",
            "fleet:clients=10000000");
    private static final List<String> PRESETS = List.of("course", "aws-standard-2.0", "aws-standard-2.1", "grpc");

    private final Random random;

    Policies(long seed) {
        this.random = new Random(seed);
    }

    RetryPolicyBuilder builder() {
        RetryPolicyBuilder builder = RetryPolicy.builder();
        if (one(4)) {
            builder.preset(pick(PRESETS));
        }
        attempts(builder);
        long total = nanos() + 1_000;
        if (one(3)) {
            builder.totalTimeout(Duration.ofNanos(total));
            if (one(2)) {
                builder.attemptTimeout(Duration.ofNanos(1_000 + below(total - 1_000)));
            }
        } else if (one(4)) {
            builder.settings(Map.of("total-timeout", "off"));
            total = nanos() + 1_000;
        }
        backoff(builder, total);
        if (one(3)) {
            builder.retryAfter(pick(List.of(Hints.Mode.HONOUR, Hints.Mode.CAP)));
            builder.retryAfterLimit(Duration.ofNanos(nanos()));
        } else if (one(4)) {
            builder.retryAfter(Hints.Mode.IGNORE);
        }
        budget(builder, total);
        errors(builder, total);
        if (one(6)) {
            builder.nested(Nested.RETRY);
        }
        if (one(6)) {
            builder.settings(Map.of("acknowledge", pick(List.of("no-jitter", "long-delay,no-budget"))));
        }
        return builder;
    }

    private void budget(RetryPolicyBuilder builder, long total) {
        if (one(2)) {
            String budget = pick(BUDGETS);
            builder.budget(BudgetSpec.parse(budget));
            if (!budget.equals("off") && one(3)) {
                long longest = Math.min(total, Duration.ofHours(24).toNanos());
                Duration wait = Duration.ofNanos(1_000 + below(longest - 1_000));
                builder.budgetWait(one(2) ? BudgetWait.of(wait) : new BudgetWait(wait, 1 + random.nextInt(1_000)));
            }
        } else if (one(4)) {
            builder.budget(FleetSpec.DEFAULT).clients(1 + random.nextInt(10_000_000));
        }
    }

    private void attempts(RetryPolicyBuilder builder) {
        switch (random.nextInt(6)) {
            case 0 -> builder.maxAttempts(1 + random.nextInt(1_000));
            case 1 -> builder.settings(Map.of("max-retries", "" + random.nextInt(1_000)));
            case 2 ->
                builder.unbounded(pick(List.of("a", "polls for ever", " \"quoted\" \\ back\\\\", "ü\n\tx", "a=b")));
            default -> {}
        }
    }

    private void backoff(RetryPolicyBuilder builder, long total) {
        BackoffKind kind = pick(List.of(BackoffKind.values()));
        long base = 1 + below(total - 1);
        long cap = base + below(1_000_000_000_000L);
        if (one(2)) {
            builder.backoff(kind);
            if (kind == BackoffKind.EXPONENTIAL && one(2)) {
                builder.multiplier(1 + random.nextInt(900) / 300.0);
            }
            if (kind == BackoffKind.LINEAR && one(2)) {
                builder.increment(Duration.ofNanos(nanos()));
            }
            if (kind.takesJitter() && one(2)) {
                builder.jitter(
                        one(2) ? pick(Backoffs.JITTERS) : Jitter.proportional((1 + random.nextInt(100)) / 100.0));
            }
        }
        if (kind == BackoffKind.IMMEDIATE) {
            return;
        }
        if (one(2)) {
            builder.baseDelay(Duration.ofNanos(base));
            if (one(2)) {
                builder.maxDelay(Duration.ofNanos(cap));
            }
        } else if (one(3)) {
            builder.maxDelay(Duration.ofNanos(cap));
        }
    }

    private void errors(RetryPolicyBuilder builder, long total) {
        for (String error : ERRORS) {
            switch (random.nextInt(12)) {
                case 0 -> builder.retryOn(error);
                case 1 -> builder.stopOn(error);
                case 2 -> builder.on(error, "max-attempts", "" + (1 + random.nextInt(50)));
                case 3 -> builder.on(error, "max-retries", "" + random.nextInt(50));
                case 4 ->
                    builder.on(
                            error,
                            "backoff",
                            pick(List.of(BackoffKind.values())).toString());
                case 5 -> builder.on(error, "base-delay", (1 + below(total - 1)) + "ns");
                case 6 -> builder.on(error, "jitter", pick(Backoffs.JITTERS).toString());
                default -> {}
            }
        }
    }

    private boolean one(int of) {
        return random.nextInt(of) == 0;
    }

    private <V> V pick(List<V> values) {
        return values.get(random.nextInt(values.size()));
    }

    private long below(long bound) {
        return (long) (random.nextDouble() * Math.max(1, bound));
    }

    private long nanos() {
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(1_000);
            case 1 -> random.nextInt(1_000) * 1_000_000L;
            case 2 -> random.nextInt(1_000) * 1_000_000_000L;
            default -> below(86_400_000_000_000L);
        };
    }
}
