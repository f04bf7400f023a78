package dev.respite.idempotency.jdbc;

import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The places that a store may fill in one scope without counting its records. A count grants some of the places that are left,
 * each claim takes one of them, and the next count is made when none is left. The cost of a count is shared by the claims
 * that it grants, however many records the scope has.
 *
 * <p>Claims in progress, which a count may not include, are subtracted from its grant. So one store does not exceed the limit.
 * Each other store of the same table may exceed it by one grant and its claims in progress. Safe for use by any number of
 * threads.
 */
final class ScopePlaces {

    /** A grant is at least this share of the limit, but not more than {@link #FREE_GRANT}. */
    private static final int SHARE = 16;

    /** A count of so few records costs little more than its round trip. */
    private static final long FREE_GRANT = 100;

    /** A claim pays for the count of this number of records. */
    private static final int COUNTED_PER_CLAIM = 100;

    /** The time without a further count of a full scope, for each of its records: counts then use a few percent of a processor. */
    private static final long CLOSED_NANOS_PER_RECORD = 10_000;

    private final long most;
    private final TimeSource time;
    private final Duration maxWait;
    private final ReentrantLock lock = new ReentrantLock();

    private long free;
    private long inProgress;

    /** The claims that the current count may not include. */
    private long uncounted;

    private boolean closed;
    private long closedUntil;
    private @Nullable CompletableFuture<Boolean> counting;

    /**
     * Creates the places of a scope.
     *
     * @param most the maximum number of records
     * @param maxWait the maximum wait for a count of another thread
     */
    ScopePlaces(long most, TimeSource time, Duration maxWait) {
        this.most = most;
        this.time = time;
        this.maxWait = maxWait;
    }

    /**
     * Takes a place, which the caller must {@link #settle}. If none is granted, one thread counts, and others wait for its
     * result or its exception.
     *
     * @param count counts the committed records of the scope, up to the limit
     * @return whether the scope has room
     */
    boolean tryTake(LongSupplier count) {
        while (true) {
            @Nullable CompletableFuture<Boolean> result;
            boolean isMine = false;
            lock.lock();
            try {
                if (free > 0) {
                    free--;
                    inProgress++;
                    uncounted++;
                    return true;
                }
                if (closed && time.nanoTime() - closedUntil < 0) {
                    return false;
                }
                result = counting;
                if (result == null) {
                    result = new CompletableFuture<>();
                    counting = result;
                    uncounted = inProgress;
                    isMine = true;
                }
            } finally {
                lock.unlock();
            }
            if (isMine) {
                count(count, result);
            }
            if (!hasRoom(result)) {
                return false;
            }
        }
    }

    /** Ends a claim. A place in which no record was written is free again. */
    void settle(boolean written) {
        lock.lock();
        try {
            inProgress--;
            if (!written) {
                free++;
                uncounted--;
            }
        } finally {
            lock.unlock();
        }
    }

    private void count(LongSupplier count, CompletableFuture<Boolean> result) {
        try {
            result.complete(grant(count.getAsLong(), result));
        } catch (Throwable failure) {
            ended(result);
            result.completeExceptionally(failure);
        }
    }

    private boolean grant(long records, CompletableFuture<Boolean> result) {
        lock.lock();
        try {
            if (counting != result) {
                // It took too long, and another count was made.
                return true;
            }
            counting = null;
            long left = most - records - uncounted;
            free = Math.max(0, Math.min(left, grantAt(records)));
            closed = left <= 0;
            closedUntil = time.nanoTime() + records * CLOSED_NANOS_PER_RECORD;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void ended(CompletableFuture<Boolean> result) {
        lock.lock();
        try {
            counting = counting == result ? null : counting;
        } finally {
            lock.unlock();
        }
    }

    private long grantAt(long records) {
        return Math.max(1, Math.max(Math.min(FREE_GRANT, most / SHARE), records / COUNTED_PER_CLAIM));
    }

    /** A count may be on a connection that has frozen. The next claim counts again then. */
    private boolean hasRoom(CompletableFuture<Boolean> result) {
        try {
            return result.get(maxWait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new StoreUnavailableException("the records of a scope could not be counted", failure);
        } catch (TimeoutException frozen) {
            ended(result);
            throw new StoreUnavailableException("the records of a scope were not counted within " + maxWait, frozen);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailableException("interrupted while the records of a scope were counted", interrupt);
        }
    }
}
