package dev.respite.durable;

import dev.respite.jdbc.transaction.LocalTransaction;
import java.io.Serial;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Runs the handlers of calls that are given up, each on a thread of its own. A handler that does not end in time is interrupted. If
 * it does not return then, its connection is aborted, so that the database rolls its transaction back, and its call goes on without
 * it.
 */
final class HandlerThreads {

    /** A handler that was interrupted may return within this fraction of its limit. */
    private static final int GRACE = 10;

    private final int max;
    private final Duration minLimit;

    /** The handlers that have not returned. Each has a thread, so their number is limited. */
    private final AtomicInteger alive = new AtomicInteger();

    /**
     * Creates the threads of an instance.
     *
     * @param max their greatest number
     * @param minLimit the limit of a handler, unless its task has a longer one for its attempts
     */
    HandlerThreads(int max, Duration minLimit) {
        this.max = max;
        this.minLimit = minLimit;
    }

    /** The handler of a call that was given up has not ended in time, or was not begun. */
    static final class HandlerTimeoutException extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        HandlerTimeoutException(String message) {
            super(message);
        }
    }

    /** Runs the transaction of a handler. */
    @FunctionalInterface
    interface Transaction {
        boolean run(EffectRunner.Effect handler) throws Exception;
    }

    /**
     * Runs a handler in its transaction.
     *
     * @param attemptTimeout the limit of the attempts of its task; empty for none
     * @throws HandlerTimeoutException if the handler has not ended in time. Its connection is aborted; a commit that is already on
     *     its way has to remove the row of the call
     * @throws InterruptedException if this thread was interrupted, as the handler is then
     * @throws Exception the failure of the handler or of the transaction
     */
    void run(Optional<Duration> attemptTimeout, Transaction transaction, EffectRunner.Effect handler) throws Exception {
        Duration limit =
                attemptTimeout.filter(longer -> longer.compareTo(minLimit) > 0).orElse(minLimit);
        Run run = new Run(handler);
        FutureTask<Boolean> end = new FutureTask<>(() -> transaction.run(run));
        Thread thread = start(end);
        Optional<Exception> late = lateness(end, limit);
        if (late.isPresent()) {
            thread.interrupt();
            if (lateness(end, limit.dividedBy(GRACE)).isPresent()) {
                run.abandon();
                throw late.get();
            }
        }
        try {
            boolean unused = end.get();
        } catch (ExecutionException failed) {
            if (late.isPresent()) {
                late.get().addSuppressed(failed.getCause());
                throw late.get();
            }
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) failed.getCause();
        }
    }

    private Thread start(FutureTask<Boolean> end) {
        if (alive.incrementAndGet() > max) {
            alive.decrementAndGet();
            throw new HandlerTimeoutException(
                    "the handler was not begun: " + max + " handlers of this instance have not"
                            + " returned, though they were interrupted; find out where they block, and set a timeout there");
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        end.run();
                    } finally {
                        alive.decrementAndGet();
                    }
                },
                "respite-durable-handler");
        thread.setDaemon(true);
        thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
        thread.start();
        return thread;
    }

    /** Returns why a handler is to end now; empty if it has ended within a limit. */
    private static Optional<Exception> lateness(FutureTask<Boolean> end, Duration limit) {
        try {
            boolean unused = end.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return Optional.empty();
        } catch (ExecutionException failed) {
            return Optional.empty();
        } catch (InterruptedException stopping) {
            return Optional.of(stopping);
        } catch (TimeoutException late) {
            return Optional.of(new HandlerTimeoutException("the handler has not ended within " + limit
                    + ", and was interrupted: set timeouts for what it waits for, or a longer attempt-timeout for its"
                    + " task"));
        }
    }

    /** A handler that is run. */
    private static final class Run implements EffectRunner.Effect {

        private final EffectRunner.Effect handler;
        private final ReentrantLock lock = new ReentrantLock();
        private Optional<Connection> opened = Optional.empty();
        private boolean isAbandoned;

        Run(EffectRunner.Effect handler) {
            this.handler = handler;
        }

        @Override
        public void run(Connection connection) throws Exception {
            open(connection);
            handler.run(connection);
        }

        private void open(Connection connection) {
            lock.lock();
            try {
                if (isAbandoned) {
                    throw new HandlerTimeoutException("the transaction of the handler was begun too late");
                }
                opened = Optional.of(connection);
            } finally {
                lock.unlock();
            }
        }

        /** Closes the connection too: a pool gets no connection back from a thread that does not return. */
        void abandon() {
            Optional<Connection> aborted;
            lock.lock();
            try {
                isAbandoned = true;
                aborted = opened;
            } finally {
                lock.unlock();
            }
            aborted.ifPresent(connection -> {
                try {
                    connection.abort(Runnable::run);
                } catch (SQLException | RuntimeException failure) {
                    // The version of the row keeps a late commit from taking effect.
                }
                LocalTransaction.closeQuietly(connection);
            });
        }
    }
}
