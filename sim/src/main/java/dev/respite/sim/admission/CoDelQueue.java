package dev.respite.sim.admission;

import dev.respite.sim.scenario.Discipline;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests out of a queue by the rule of RFC 8289, section 5; the variables have the names of the RFC's. Times are nanoseconds and
 * never go back. Not safe for use by several threads.
 *
 * @param <T> the requests
 */
final class CoDelQueue<T> {

    /** How many intervals after the last drop state another goes on where it was. */
    private static final int RECENT_INTERVALS = 16;

    private final Queue<T> waiting;
    private final ToLongFunction<T> arrival;
    private final Consumer<T> drop;
    private final long target;
    private final long interval;

    /** When the wait will have been above the target for an interval; negative while it is not above. */
    private long firstAboveTime = -1;

    private boolean dropping;
    private long dropNext;
    private int count;
    private int lastCount;

    /** Whether the request that was removed last may be dropped. */
    private boolean okToDrop;

    /**
     * Creates the rule of a queue.
     *
     * @param spec the target and the interval
     * @param waiting the queue, the oldest first
     * @param arrival when a request came
     * @param drop takes the requests that are rejected
     */
    CoDelQueue(Discipline.CoDel spec, Queue<T> waiting, ToLongFunction<T> arrival, Consumer<T> drop) {
        this.waiting = waiting;
        this.arrival = arrival;
        this.drop = drop;
        this.target = spec.target().toNanos();
        this.interval = spec.interval().toNanos();
    }

    /**
     * Takes the next request to be worked on, and drops those before it that have waited for too long.
     *
     * @param now the time
     * @return the request, or null if none is left
     */
    @Nullable
    T take(long now) {
        T request = remove(now);
        if (dropping && !okToDrop) {
            dropping = false;
        }
        while (dropping && now >= dropNext) {
            drop(request);
            count++;
            request = remove(now);
            if (okToDrop) {
                dropNext = controlLaw(dropNext);
            } else {
                dropping = false;
            }
        }
        if (!dropping && okToDrop) {
            drop(request);
            request = remove(now);
            startDropping(now);
        }
        return request;
    }

    /** If the last drop state was a short time ago, its rate is the one to begin with. */
    private void startDropping(long now) {
        int delta = count - lastCount;
        boolean recent = now - dropNext < RECENT_INTERVALS * interval;
        dropping = true;
        count = delta > 1 && recent ? delta : 1;
        dropNext = controlLaw(now);
        lastCount = count;
    }

    private void drop(@Nullable T request) {
        if (request != null) {
            drop.accept(request);
        }
    }

    private @Nullable T remove(long now) {
        T request = waiting.poll();
        okToDrop = false;
        if (request == null || now - arrival.applyAsLong(request) < target || waiting.size() <= 1) {
            firstAboveTime = -1;
        } else if (firstAboveTime < 0) {
            firstAboveTime = now + interval;
        } else {
            okToDrop = now >= firstAboveTime;
        }
        return request;
    }

    private long controlLaw(long time) {
        return time + Math.round(interval / Math.sqrt(count));
    }
}
