package dev.respite.lab.substitute.java.util.concurrent;

import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@link java.util.concurrent.FutureTask} for one thread: without compare-and-set, and without waiting. */
public class TFutureTask<V extends @Nullable Object> implements RunnableFuture<V> {

    private enum State {
        NEW,
        NORMAL,
        FAILED,
        CANCELLED
    }

    private @Nullable Callable<V> callable;
    private State state = State.NEW;
    private boolean isRunning;
    private @Nullable V value;
    private @Nullable Throwable error;

    public TFutureTask(Callable<V> callable) {
        this.callable = Objects.requireNonNull(callable);
    }

    @Override
    public void run() {
        Callable<V> task = callable;
        if (state != State.NEW || isRunning || task == null) {
            return;
        }
        isRunning = true;
        try {
            V result;
            try {
                result = task.call();
            } catch (Throwable thrown) {
                setException(thrown);
                return;
            }
            set(result);
        } finally {
            isRunning = false;
        }
    }

    private void set(V value) {
        if (state == State.NEW) {
            this.value = value;
            end(State.NORMAL);
        }
    }

    protected void setException(Throwable error) {
        if (state == State.NEW) {
            this.error = error;
            end(State.FAILED);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        if (state != State.NEW) {
            return false;
        }
        if (mayInterruptIfRunning && isRunning) {
            Thread.currentThread().interrupt();
        }
        end(State.CANCELLED);
        return true;
    }

    private void end(State last) {
        state = last;
        done();
        callable = null;
    }

    protected void done() {}

    @Override
    public boolean isCancelled() {
        return state == State.CANCELLED;
    }

    @Override
    public boolean isDone() {
        return state != State.NEW;
    }

    @Override
    @SuppressWarnings("NullAway") // the value is null where V allows it
    public V get() throws ExecutionException {
        return switch (state) {
            case NEW ->
                throw new IllegalStateException("there is one thread, so nothing could run this task meanwhile");
            case NORMAL -> value;
            case FAILED -> throw new ExecutionException(error);
            case CANCELLED -> throw new CancellationException();
        };
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws ExecutionException {
        return get();
    }
}
