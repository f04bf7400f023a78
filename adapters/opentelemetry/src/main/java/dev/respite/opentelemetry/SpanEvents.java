package dev.respite.opentelemetry;

import dev.respite.RetryEvent;
import dev.respite.RetryEvent.BudgetWaitEnded;
import dev.respite.RetryListener;
import dev.respite.cause.CauseChain;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import java.util.Locale;
import java.util.function.Supplier;

/** Writes what happens in a call to the current span. */
final class SpanEvents implements RetryListener {

    /** The maximum number of attempts of a call that are written. The event of its end has their number. */
    static final int MAX_EVENTS = 16;

    private static final AttributeKey<String> NAME = AttributeKey.stringKey("respite.retry.name");
    private static final AttributeKey<Long> NUMBER = AttributeKey.longKey("respite.attempt.number");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    private static final AttributeKey<Double> DELAY = AttributeKey.doubleKey("respite.delay");
    private static final AttributeKey<Double> WAIT = AttributeKey.doubleKey("respite.budget.wait");
    private static final AttributeKey<String> RESULT = AttributeKey.stringKey("respite.budget.wait.result");
    private static final AttributeKey<Long> ATTEMPTS = AttributeKey.longKey("respite.call.attempts");
    private static final AttributeKey<Double> DURATION = AttributeKey.doubleKey("respite.call.duration");
    private static final AttributeKey<String> REASON = AttributeKey.stringKey("respite.stop_reason");

    private static final double NANOS_PER_SECOND = 1e9;

    @Override
    public Interest interest() {
        return Interest.FAILURES;
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed && failed.attempt().number() <= MAX_EVENTS) {
            add("respite.attempt.failed", () -> attributes(failed));
        } else if (event instanceof BudgetWaitEnded wait && wait.result() != BudgetWaitEnded.Result.CANCELLED) {
            add("respite.budget.wait.ended", () -> attributes(wait));
        } else if (event instanceof RetryEvent.CallEnded ended
                && isRelevant(ended)
                && isPublishedOnCallThread(ended.reason())) {
            add("respite.call.ended", () -> attributes(ended));
        }
    }

    private static void add(String event, Supplier<Attributes> attributes) {
        Span span = Span.current();
        if (span.isRecording()) {
            span.addEvent(event, attributes.get());
        }
    }

    /** Returns whether a call was retried, or could not be retried. */
    private static boolean isRelevant(RetryEvent.CallEnded ended) {
        boolean ordinary = ended.reason() == StopReason.ACCEPTED || ended.reason() == StopReason.FATAL;
        return ended.history().attempts() > 1 || !ordinary;
    }

    /**
     * Returns whether the end is published in the context of the call, and not where it is cancelled or an executor is shut
     * down.
     */
    private static boolean isPublishedOnCallThread(StopReason reason) {
        return reason != StopReason.CANCELLED && reason != StopReason.EXECUTOR_REFUSED;
    }

    private static Attributes attributes(RetryEvent.AttemptFailed failed) {
        AttributesBuilder attributes = Attributes.builder()
                .put(NAME, failed.name())
                .put(NUMBER, (long) failed.attempt().number())
                .put(ERROR, errorType(failed.kind(), failed.outcome()));
        if (failed.decision() instanceof Decision.RetryAfter<?> again) {
            attributes.put(DELAY, again.delayNanos() / NANOS_PER_SECOND);
        }
        return attributes.build();
    }

    private static Attributes attributes(BudgetWaitEnded wait) {
        return Attributes.of(
                NAME,
                wait.name(),
                NUMBER,
                (long) wait.attempt().number(),
                WAIT,
                wait.waited().toNanos() / NANOS_PER_SECOND,
                RESULT,
                wait.result().name().toLowerCase(Locale.ROOT));
    }

    private static Attributes attributes(RetryEvent.CallEnded ended) {
        return Attributes.of(
                NAME,
                ended.name(),
                ATTEMPTS,
                (long) ended.history().attempts(),
                DURATION,
                ended.history().elapsed().toNanos() / NANOS_PER_SECOND,
                REASON,
                ended.reason().name().toLowerCase(Locale.ROOT));
    }

    private static String errorType(ErrorKind kind, Outcome<?> outcome) {
        boolean named = !kind.equals(ErrorKind.OTHER);
        return !named && outcome instanceof Outcome.Failure<?> failure ? className(failure.error()) : kind.name();
    }

    private static String className(Throwable error) {
        return CauseChain.unwrap(error).getClass().getName();
    }
}
