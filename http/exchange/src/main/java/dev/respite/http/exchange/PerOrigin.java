package dev.respite.http.exchange;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One value for each origin, a budget or a breaker, bounded in number: the one that was not used for longest makes room. If
 * its origin comes back, it begins anew.
 */
final class PerOrigin<V> {

    /** The maximum number of origins that have a value at a time. */
    static final int MAX = 1_000;

    private final int max;
    private final Function<String, ? extends V> make;
    private final Map<String, Entry<V>> entries = new ConcurrentHashMap<>();
    private final AtomicLong uses = new AtomicLong();

    private record Entry<V>(V value, AtomicLong lastUse) {}

    PerOrigin(int max, Function<String, ? extends V> make) {
        this.max = max;
        this.make = make;
    }

    V of(String origin) {
        @Nullable Entry<V> known = entries.get(origin);
        if (known != null && known.lastUse().get() == uses.get()) {
            // The last use again: threads that share an origin write nothing.
            return known.value();
        }
        long use = uses.incrementAndGet();
        Entry<V> entry = entries.computeIfAbsent(origin, key -> new Entry<V>(make.apply(key), new AtomicLong(use)));
        // Never back: another thread may have used it since.
        entry.lastUse().accumulateAndGet(use, Math::max);
        while (entries.size() > max) {
            entries.entrySet().stream()
                    .min(Comparator.comparingLong(
                            candidate -> candidate.getValue().lastUse().get()))
                    .ifPresent(oldest -> entries.remove(oldest.getKey(), oldest.getValue()));
        }
        return entry.value();
    }

    int size() {
        return entries.size();
    }
}
