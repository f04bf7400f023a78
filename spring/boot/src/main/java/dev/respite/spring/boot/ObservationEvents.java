package dev.respite.spring.boot;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.Decision;
import dev.respite.outcome.StopReason;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Adds an event to the current observation for each failed attempt, and for a call that has given up. */
final class ObservationEvents implements RetryListener {

    private final ObservationRegistry registry;

    ObservationEvents(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Interest interest() {
        return Interest.FAILURES;
    }

    @Override
    public void on(RetryEvent event) {
        @Nullable Observation current = registry.getCurrentObservation();
        if (current == null) {
            return;
        }
        if (event instanceof RetryEvent.AttemptFailed failed) {
            current.event(Observation.Event.of("respite.attempt.failed", text(failed)));
        } else if (event instanceof RetryEvent.CallEnded ended && ended.reason() != StopReason.ACCEPTED) {
            current.event(Observation.Event.of(
                    "respite.call.ended", ended.name() + ": " + ended.history().summary()));
        }
    }

    private static String text(RetryEvent.AttemptFailed failed) {
        String attempt = failed.name() + ": attempt " + failed.attempt().number() + ": " + failed.kind();
        return failed.decision() instanceof Decision.RetryAfter<?> again
                ? attempt + ", next in " + Duration.ofNanos(again.delayNanos()).toMillis() + " ms"
                : attempt;
    }
}
