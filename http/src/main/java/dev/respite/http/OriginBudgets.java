package dev.respite.http;

import dev.respite.RetryBudget;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * One retry budget for each origin, bounded in number: the one that was not used for longest makes room. If its origin
 * comes back, it begins with a full bucket.
 */
final class OriginBudgets {

    private final int most;
    private final Supplier<RetryBudget> make;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();
    private final AtomicLong uses = new AtomicLong();

    private record Entry(RetryBudget budget, AtomicLong lastUse) {}

    OriginBudgets(int most, Supplier<RetryBudget> make) {
        this.most = most;
        this.make = make;
    }

    RetryBudget of(String origin) {
        long use = uses.incrementAndGet();
        Entry entry = entries.computeIfAbsent(origin, key -> new Entry(make.get(), new AtomicLong(use)));
        // Never back: another thread may have used it since.
        entry.lastUse().accumulateAndGet(use, Math::max);
        while (entries.size() > most) {
            entries.entrySet().stream()
                    .min(Comparator.comparingLong(
                            candidate -> candidate.getValue().lastUse().get()))
                    .ifPresent(oldest -> entries.remove(oldest.getKey(), oldest.getValue()));
        }
        return entry.budget();
    }

    int size() {
        return entries.size();
    }
}
