package dev.respite.sim.admission;

import dev.respite.sim.scenario.Discipline;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait at a server, and which of them is next. Not safe for use by several threads.
 *
 * @param <T> the requests
 */
public final class RequestQueue<T> {

    private final ArrayDeque<T> waiting = new ArrayDeque<>();

    /** More than so many, and the newest is next. */
    private final int newestFirstAbove;

    private final @Nullable CoDelQueue<T> controlled;

    /**
     * Creates an empty queue.
     *
     * @param discipline which request is next, and which are rejected
     * @param arrival when a request came, in nanoseconds
     * @param reject takes a request that was in the queue and is not to be worked on; it must not change the queue
     */
    public RequestQueue(Discipline discipline, ToLongFunction<T> arrival, Consumer<T> reject) {
        this.newestFirstAbove = newestFirstAbove(discipline);
        this.controlled =
                discipline instanceof Discipline.CoDel codel ? new CoDelQueue<>(codel, waiting, arrival, reject) : null;
    }

    private static int newestFirstAbove(Discipline discipline) {
        if (discipline instanceof Discipline.AdaptiveLifo adaptive) {
            return adaptive.threshold();
        }
        return discipline == Discipline.Order.LIFO ? 0 : Integer.MAX_VALUE;
    }

    /**
     * Adds a request.
     *
     * @param request the request, which comes now
     */
    public void add(T request) {
        waiting.addLast(request);
    }

    /**
     * Takes the next request out.
     *
     * @param now the time in nanoseconds, which never goes back
     * @return the request, or null if there is none
     */
    public @Nullable T take(long now) {
        if (controlled != null) {
            return controlled.take(now);
        }
        return waiting.size() > newestFirstAbove ? waiting.pollLast() : waiting.pollFirst();
    }

    /**
     * Returns how many requests wait.
     *
     * @return 0 or more
     */
    public int size() {
        return waiting.size();
    }

    /** Removes all requests. */
    public void clear() {
        waiting.clear();
    }
}
