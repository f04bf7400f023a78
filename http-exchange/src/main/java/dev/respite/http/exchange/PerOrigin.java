package dev.respite.http.exchange;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * One value for each origin, a budget or a breaker, bounded in number: the one that was not used for longest makes room. If
 * its origin comes back, it begins anew.
 */
final class PerOrigin<V> {

    /** How many origins have a value by default. */
    static final int DEFAULT_MAX = 1_000;

    private final int most;
    private final Function<String, ? extends V> make;
    private final Map<String, Entry<V>> entries = new ConcurrentHashMap<>();
    private final AtomicLong uses = new AtomicLong();

    private record Entry<V>(V value, AtomicLong lastUse) {}

    PerOrigin(int most, Function<String, ? extends V> make) {
        this.most = most;
        this.make = make;
    }

    /** Values made in the same way, none of them yet, with another bound. */
    PerOrigin<V> withMax(int max) {
        if (max < 1) {
            throw new IllegalArgumentException(
                    "withMaxOrigins(" + max + "): at least one origin has a value; the default is " + DEFAULT_MAX);
        }
        return new PerOrigin<>(max, make);
    }

    V of(String origin) {
        long use = uses.incrementAndGet();
        Entry<V> entry = entries.computeIfAbsent(origin, key -> new Entry<V>(make.apply(key), new AtomicLong(use)));
        // Never back: another thread may have used it since.
        entry.lastUse().accumulateAndGet(use, Math::max);
        while (entries.size() > most) {
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
