package dev.respite.verification;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A policy and scripts of outcomes, drawn at random from a seed. */
final class OneEngineScript {

    private static final List<Throwable> TRANSIENT = List.of(
            new ConnectException("connect"),
            new SocketException("reset"),
            new SocketTimeoutException("read"),
            new UnknownHostException("host"),
            new TimeoutException("timeout"),
            new InterruptedIOException("timeout of a client"),
            new UncheckedIOException(new InterruptedIOException("wrapped timeout of a client")),
            new CompletionException(new ConnectException("carried")),
            new ExecutionException(new CompletionException(new TimeoutException("carried twice"))),
            new UncheckedIOException(new SocketTimeoutException("wrapped")),
            new IllegalArgumentException(new SocketException("cause")));

    private static final List<Throwable> FATAL = List.of(
            new IllegalStateException("bug"),
            new IOException("broken"),
            new UncheckedIOException(new IOException("wrapped")),
            new OutOfMemoryError("error"),
            new CompletionException(new AssertionError("carried error")),
            new InterruptedException("interrupted"),
            new InterruptedIOException(),
            new CancellationException("cancelled"));

    private static final List<String> BUDGETS = List.of(
            "off", "off", "10%", "success:0.5/20/10", "success:0.25/3/2", "success:2/10/5", "aws-2.0", "aws-2.1");

    private static final List<String> BACKOFFS = List.of(
            "backoff=immediate",
            "backoff=fixed",
            "backoff=linear increment=30ms",
            "backoff=exponential",
            "backoff=exponential multiplier=1.5",
            "backoff=decorrelated",
            "backoff=fibonacci");

    private static final List<String> JITTERS =
            List.of("none", "full", "equal", "additive", "proportional:0.2", "proportional:1");

    private static final List<String> ERRORS = List.of(
            "timeout",
            "connect",
            "io",
            "503",
            "5xx",
            "throttled",
            "any",
            "java.net.SocketException",
            "java.io.IOException",
            "java.lang.IllegalStateException");

    /** One attempt: its outcome, its duration, and whether its thread is interrupted at its end. */
    record Step(Outcome<Object> outcome, long durationNanos, boolean interrupt) {

        /** The outcome as a driver reports it whose attempts have a thread. */
        Outcome<Object> onItsThread() {
            return outcome instanceof Outcome.Failure<Object> failure
                    ? Outcome.failure(failure.error(), interrupt)
                    : outcome;
        }
    }

    /** A value that is rejected: a status, with the time before which its server wants no retry. */
    record Status(int code, Duration retryAfter) {}

    private final Random random;

    OneEngineScript(long seed) {
        this.random = new Random(seed);
    }

    RetryPolicy policy() {
        StringBuilder text = new StringBuilder();
        text.append("max-attempts=").append(1 + random.nextInt(8));
        String backoff = pick(BACKOFFS);
        text.append(' ').append(backoff);
        boolean delays = !backoff.equals("backoff=immediate");
        if (delays) {
            int base = 1 + random.nextInt(200);
            text.append(" base-delay=")
                    .append(base)
                    .append("ms max-delay=")
                    .append(base + random.nextInt(800))
                    .append("ms");
        }
        if (delays && !backoff.equals("backoff=decorrelated")) {
            text.append(" jitter=").append(pick(JITTERS));
        }
        text.append(" total-timeout=").append(one(3) ? "off" : 201 + random.nextInt(4_000) + "ms");
        text.append(one(3) ? " attempt-timeout=" + (50 + random.nextInt(150)) + "ms" : "");
        text.append(" budget=").append(pick(BUDGETS));
        text.append(one(2) ? "" : " retry-after=" + pick(List.of("honour", "cap")) + " retry-after-limit=800ms");
        for (String error : ERRORS) {
            switch (random.nextInt(14)) {
                case 0 ->
                    text.append(" on.").append(error).append(".max-attempts=").append(1 + random.nextInt(9));
                case 1 -> text.append(" on.").append(error).append(".backoff=fixed");
                case 2 -> text.append(" on.").append(error).append(".jitter=").append(pick(JITTERS));
                default -> {}
            }
        }
        text.append(
                one(4) ? " retry-on=" + pick(List.of("any", "java.io.IOException", "java.lang.RuntimeException")) : "");
        text.append(one(4) ? " stop-on=" + pick(List.of("io", "connect", "java.net.ConnectException")) : "");
        RetryPolicy policy = RetryPolicy.parse(text.toString());
        return one(3) ? policy : policy.withClassifier(byStatus(policy.classifier()));
    }

    private static Classifier byStatus(Classifier failures) {
        return outcome -> {
            if (!(outcome instanceof Outcome.Success<?> success)) {
                return failures.classify(outcome);
            }
            if (!(success.value() instanceof Status status)) {
                return Verdict.accept();
            }
            return switch (status.code()) {
                case 404 -> Verdict.accept();
                case 501 -> Verdict.fatal(StopReason.RETRY_FORBIDDEN_BY_SERVER, ErrorKind.ofStatus(501));
                case 0 -> Verdict.transientError(ErrorKind.REJECTED, status.retryAfter());
                default -> Verdict.transientError(ErrorKind.ofStatus(status.code()), status.retryAfter());
            };
        };
    }

    /** What an attempt does: when a script comes to its end, its last step is played again. */
    static Step step(List<Step> steps, Attempt attempt) {
        return steps.get(Math.min(attempt.number(), steps.size()) - 1);
    }

    /** The outcomes of one call. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        int length = 1 + random.nextInt(9);
        for (int i = 0; i < length; i++) {
            steps.add(new Step(outcome(), one(3) ? 0 : (long) random.nextInt(300_000_000), one(30)));
        }
        return steps;
    }

    private Outcome<Object> outcome() {
        return switch (random.nextInt(12)) {
            case 0 -> Outcome.success("value");
            case 1 -> one(3) ? Outcome.failure(pick(FATAL)) : Outcome.success("another value");
            case 2, 3, 4, 5 -> Outcome.success(new Status(pick(List.of(503, 503, 500, 429, 429, 404, 501, 0)), hint()));
            default -> Outcome.failure(pick(TRANSIENT));
        };
    }

    private Duration hint() {
        return one(2) ? Duration.ZERO : Duration.ofMillis(one(10) ? 100_000 : random.nextInt(1_200));
    }

    private boolean one(int of) {
        return random.nextInt(of) == 0;
    }

    private <V> V pick(List<? extends V> values) {
        return values.get(random.nextInt(values.size()));
    }
}
