package dev.respite.spring.http;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The end of one exchange from another thread, for clients that ignore interrupts and cancellation. A client registers the action
 * that ends it, which may run more than once.
 */
final class ExchangeAbort implements Consumer<Runnable> {

    /** After the interrupt of the attempt timeout, which clients that obey it should have first. */
    private static final long MARGIN_NANOS = 1_000_000;

    private static final ThreadLocal<@Nullable ExchangeAbort> CURRENT = new ThreadLocal<>();

    private final TimeSource time;
    private final Optional<Duration> limit;
    private volatile @Nullable Runnable action;
    private volatile @Nullable Future<?> alarm;
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

    private enum State {
        RUNNING,
        RETURNED,
        ABORTED
    }

    /** Creates one that aborts when a limit has passed, if there is one. */
    ExchangeAbort(TimeSource time, Optional<Duration> limit) {
        this.time = time;
        this.limit = limit;
    }

    /** Registers an action for the exchange that this thread runs; does nothing if it runs none. */
    static void registerForThisThread(Runnable action) {
        ExchangeAbort current = CURRENT.get();
        if (current != null) {
            current.accept(action);
        }
    }

    /** Runs an exchange on this thread. The limit ends with it; an exchange that fails, by an interrupt for example, is ended too. */
    <V> V run(Callable<V> exchange) throws Exception {
        ExchangeAbort outer = CURRENT.get();
        CURRENT.set(this);
        try {
            V response = exchange.call();
            state.compareAndSet(State.RUNNING, State.RETURNED);
            return response;
        } catch (Throwable failed) {
            end();
            throw failed;
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
            Future<?> set = alarm;
            if (set != null) {
                set.cancel(false);
            }
        }
    }

    /** Registers the action. */
    @Override
    public void accept(Runnable abort) {
        action = abort;
        if (isAborted()) {
            abort.run();
        } else if (limit.isPresent() && alarm == null) {
            alarm = schedule(this::abortIfRunning, limit.get().toNanos() + MARGIN_NANOS);
        }
    }

    /** Aborts after a delay. */
    Future<?> abortAfter(Duration delay) {
        return schedule(this::abort, delay.toNanos());
    }

    /** Runs a task on a thread that it may block. */
    private Future<?> schedule(Runnable task, long delayNanos) {
        return time.schedule(() -> time.executor().execute(task), delayNanos);
    }

    /** The limit is for the exchange: a response that has been returned keeps its connection. */
    private void abortIfRunning() {
        if (state.compareAndSet(State.RUNNING, State.ABORTED)) {
            end();
        }
    }

    /** Returns whether the client of the exchange has registered an action. */
    boolean isSupported() {
        return action != null;
    }

    boolean isAborted() {
        return state.get() == State.ABORTED;
    }

    void abort() {
        state.set(State.ABORTED);
        end();
    }

    private void end() {
        Runnable registered = action;
        if (registered != null) {
            registered.run();
        }
    }
}
