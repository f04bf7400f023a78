package dev.respite;

import dev.respite.policy.StopReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts calls and attempts. A call that succeeds at once costs one addition. */
final class Counters {

    private final LongAdder succeededAtOnce = new LongAdder();
    private final LongAdder otherAttempts = new LongAdder();

    /** The other calls; filled once, so that it is read without a lock. */
    private final Map<StopReason, LongAdder> others = new EnumMap<>(StopReason.class);

    Counters() {
        for (StopReason reason : StopReason.values()) {
            others.put(reason, new LongAdder());
        }
    }

    void succeededAtOnce() {
        succeededAtOnce.increment();
    }

    void ended(int attempts, StopReason reason) {
        otherAttempts.add(attempts);
        Objects.requireNonNull(others.get(reason)).increment();
    }

    RetryCounts read() {
        long atOnce = succeededAtOnce.sum();
        Map<StopReason, Long> endings = new EnumMap<>(StopReason.class);
        others.forEach((reason, ended) -> {
            long calls = ended.sum() + (reason == StopReason.ACCEPTED ? atOnce : 0);
            if (calls > 0) {
                endings.put(reason, calls);
            }
        });
        long calls = endings.values().stream().mapToLong(Long::longValue).sum();
        return new RetryCounts(calls, atOnce + otherAttempts.sum(), endings);
    }
}
