package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.outcome.Outcome;
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

    /** Returns the retry with its calls that give up recorded here. */
    Retry record(Retry retry) {
        TimeSource time = retry.time();
        return retry.onGiveUp(ended -> {
            @Nullable
            String failure = ended.outcome() instanceof Outcome.Failure<?> failed
                    ? failed.error().getClass().getName()
                    : null;
            String reason = ended.reason().phrase();
            add(
                    ended.name(),
                    new GiveUp(time.wallTime(), reason, failure, ended.history().summary()));
        });
    }

    private void add(String name, GiveUp newest) {
        byName.merge(name, List.of(newest), (before, added) -> {
            List<GiveUp> all = new ArrayList<>(added);
            all.addAll(before.subList(0, Math.min(before.size(), MAX_CALLS - 1)));
            return List.copyOf(all);
        });
    }
}
