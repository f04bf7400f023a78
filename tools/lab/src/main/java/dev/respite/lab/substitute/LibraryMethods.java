package dev.respite.lab.substitute;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Methods that TeaVM 0.16.0's library lacks, or has with an error. */
public final class LibraryMethods {

    private LibraryMethods() {}

    /** Missing. */
    @Adds(to = AtomicLong.class)
    public static long compareAndExchange(AtomicLong number, long expected, long update) {
        long witness = number.get();
        number.compareAndSet(expected, update);
        return witness;
    }

    /** Missing. There is one class loader. */
    @Adds(to = Thread.class)
    public static void setContextClassLoader(Thread thread, ClassLoader loader) {}

    /** Missing. */
    @Adds(to = AtomicBoolean.class)
    public static boolean getPlain(AtomicBoolean value) {
        return value.get();
    }

    /** Missing. */
    @Adds(to = Duration.class)
    @SuppressWarnings("JavaDurationGetSecondsToToSeconds") // this is it
    public static long toSeconds(Duration duration) {
        return duration.getSeconds();
    }

    /** Would bring calendars and time zones with it, a tenth of the program. Nothing in the lab prints a date. */
    @Adds(to = Instant.class)
    public static String toString(Instant instant) {
        return instant.getEpochSecond() + "." + instant.getNano() + " s";
    }

    /** Would bring the symbols of all locales with it. */
    @Adds(to = String.class, isStatic = true)
    public static String format(Locale locale, String format, Object... values) {
        return TextFormat.format(format, values);
    }

    /** Missing. With one thread no stream is parallel. */
    @Adds(to = Collection.class)
    public static <E> Stream<E> parallelStream(Collection<E> elements) {
        return elements.stream();
    }

    /** Inherited there, and wrong: the removal in the middle of the queue does not keep its order. */
    @Adds(to = PriorityQueue.class)
    public static <E> boolean removeIf(PriorityQueue<E> queue, Predicate<? super E> filter) {
        List<E> kept = new ArrayList<>(queue.size());
        for (E element : queue) {
            if (!filter.test(element)) {
                kept.add(element);
            }
        }
        boolean removed = kept.size() < queue.size();
        if (removed) {
            queue.clear();
            queue.addAll(kept);
        }
        return removed;
    }

    /** Wrong there: the copy of an empty map divides by zero in its search for a key, and a key's hash may be too small. */
    @Adds(to = Map.class, isStatic = true)
    public static <K, V> Map<K, V> copyOf(Map<? extends K, ? extends V> map) {
        Map<K, V> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(Objects.requireNonNull(key), Objects.requireNonNull(value)));
        return Collections.unmodifiableMap(copy);
    }

    /**
     * Costs more than the attempt that has failed: it makes JavaScript objects, by functions that are compiled at run time, which
     * security policies forbid. Nothing in the lab prints a stack.
     */
    @Adds(to = Throwable.class)
    public static Throwable fillInStackTrace(Throwable error) {
        return error;
    }

    /** There is none. */
    @Adds(to = Throwable.class)
    public static void ensureStackTrace(Throwable error) {}
}
