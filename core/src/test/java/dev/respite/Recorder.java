package dev.respite;

import dev.respite.outcome.Decision;
import java.util.ArrayList;
import java.util.List;

/** A listener that keeps the events it receives. */
final class Recorder implements RetryListener {

    final List<RetryEvent> events = new ArrayList<>();

    @Override
    public void on(RetryEvent event) {
        events.add(event);
    }

    <E extends RetryEvent> List<E> all(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** The delays that were decided on, in nanoseconds. */
    List<Long> delays() {
        List<Long> delays = new ArrayList<>();
        for (RetryEvent.AttemptFailed failed : all(RetryEvent.AttemptFailed.class)) {
            if (failed.decision() instanceof Decision.RetryAfter<?> again) {
                delays.add(again.delayNanos());
            }
        }
        return delays;
    }

    /** The end of the only call. */
    RetryEvent.CallEnded ended() {
        List<RetryEvent.CallEnded> ends = all(RetryEvent.CallEnded.class);
        if (ends.size() != 1) {
            throw new AssertionError("expected one CallEnded, got " + ends);
        }
        return ends.get(0);
    }
}
