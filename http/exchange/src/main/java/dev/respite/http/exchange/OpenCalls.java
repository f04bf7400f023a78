package dev.respite.http.exchange;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The calls of a client that have not ended, for its orderly shutdown. A call in a delay has no exchange of the wrapped client.
 * Shared by all clients that were made from one another.
 */
final class OpenCalls {

    private final AtomicLong open = new AtomicLong();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Set<Runnable> delayed = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    void begin() {
        open.incrementAndGet();
    }

    void end() {
        if (open.decrementAndGet() == 0 && closed) {
            ended.complete(null);
        }
    }

    /** A call is in a delay, which can be ended. */
    void delayed(Runnable endDelay) {
        delayed.add(endDelay);
        if (closed) {
            endDelay.run();
        }
    }

    /** The delay is over. */
    void resumed(Runnable endDelay) {
        delayed.remove(endDelay);
    }

    boolean areClosed() {
        return closed;
    }

    /** No call makes another attempt; delays that can be ended are. */
    void close() {
        closed = true;
        if (open.get() == 0) {
            ended.complete(null);
        }
        delayed.forEach(Runnable::run);
    }

    boolean haveEnded() {
        return ended.isDone();
    }

    /** Waits for the end of all calls; false if the time is up first. */
    boolean await(long nanos) throws InterruptedException {
        try {
            ended.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException stillOpen) {
            return false;
        } catch (ExecutionException impossible) {
            throw new AssertionError("it is completed with null only", impossible);
        }
    }
}
