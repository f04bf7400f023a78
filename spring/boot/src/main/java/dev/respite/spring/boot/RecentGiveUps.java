package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.time.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The calls of each retry that gave up last, the newest first. Safe for use by any number of threads. */
final class RecentGiveUps {

    /** The number of calls that are kept of each retry. */
    static final int MAX_CALLS = 20;

    private final Map<String, List<GiveUp>> byName = new ConcurrentHashMap<>();

    /**
     * A call that gave up.
     *
     * @param at when
     * @param reason why
     * @param failure the class of the last failure; null if the last attempt returned a value. Messages may contain what no
     * endpoint
     *     should show
     * @param history its attempts in one line
     */
    record GiveUp(Instant at, String reason, @Nullable String failure, String history) {}

    List<GiveUp> of(String name) {
        return byName.getOrDefault(name, List.of());
    }

    RetryListener listener(Retry retry) {
        return new Recorder(this, retry.time());
    }

    private void add(String name, GiveUp newest) {
        byName.merge(name, List.of(newest), (before, added) -> {
            List<GiveUp> all = new ArrayList<>(added);
            all.addAll(before.subList(0, Math.min(before.size(), MAX_CALLS - 1)));
            return List.copyOf(all);
        });
    }

    private record Recorder(RecentGiveUps recent, TimeSource time) implements RetryListener {

        @Override
        public Interest interest() {
            return Interest.FAILURES;
        }

        @Override
        public void on(RetryEvent event) {
            if (event instanceof RetryEvent.CallEnded ended && ended.reason() != StopReason.ACCEPTED) {
                @Nullable
                String failure = ended.outcome() instanceof Outcome.Failure<?> failed
                        ? failed.error().getClass().getName()
                        : null;
                recent.add(
                        ended.name(),
                        new GiveUp(
                                time.wallTime(),
                                ended.reason().phrase(),
                                failure,
                                ended.history().summary()));
            }
        }
    }
}
