package dev.respite.spring.http;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that remembers how calls ended, and quick retries that it listens to. */
final class Calls implements RetryListener {

    private final List<RetryEvent> events = new CopyOnWriteArrayList<>();

    /** At most three attempts, without a delay, unless keys are added. */
    HttpRetry retry(String more) {
        return retry(TimeSource.system(), more);
    }

    /** As {@link #retry(String)}, with another time. */
    HttpRetry retry(TimeSource time, String more) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String setting : ("base-delay=1ms max-delay=2ms budget=off total-timeout=20s " + more)
                .trim()
                .split(" ", -1)) {
            int equals = setting.indexOf('=');
            settings.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return HttpRetry.of(
                Retry.withoutWarnings(RetryPolicy.of(settings), time).withListener(this));
    }

    @Override
    public void on(RetryEvent event) {
        events.add(event);
    }

    /** Whether an attempt has failed. */
    boolean haveFailed() {
        return events.stream().anyMatch(RetryEvent.AttemptFailed.class::isInstance);
    }

    /** How the only call ended. */
    RetryEvent.CallEnded end() {
        List<RetryEvent.CallEnded> ends = events.stream()
                .filter(RetryEvent.CallEnded.class::isInstance)
                .map(RetryEvent.CallEnded.class::cast)
                .toList();
        if (ends.size() != 1) {
            throw new AssertionError("expected one call that has ended, found " + ends);
        }
        return ends.get(0);
    }

    StopReason reason() {
        return end().reason();
    }

    int attempts() {
        return end().history().attempts();
    }
}
