package dev.respite;

import dev.respite.policy.Decision;
import dev.respite.policy.Outcome;
import dev.respite.policy.StopReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The driver for stages: invoke, hand over, obey. It is also the future that the caller gets, so that whatever completes
 * that from outside, a cancellation, a timeout or a value, breaks the call off.
 *
 * <p>Attempts, waits, timeouts and cancellations meet here on many threads. Who may go on is decided by one field, the
 * state, which is changed by compare-and-set:
 *
 * <pre>
 *   busy ──► Flight ──► Landed ───► RetryAfter ──► Scheduled ──► busy
 *            runs       is judged   is scheduled   waits         begins the next
 *              └────────────┴────────────┴────────────┴─────────► ended
 * </pre>
 *
 * <p>In {@code busy} and {@code Landed} the book belongs to the thread that made that state, and nobody takes it away:
 * that thread looks whether the future has been completed as soon as it has put down the next. In the other states the
 * book belongs to whoever changes them.
 */
final class AsyncCall<T extends @Nullable Object> extends CompletableFuture<T> implements TimeSource.Task {

    private static final VarHandle STATE = stateHandle();
    private static final Object BUSY = "busy";
    private static final Object ENDED = "ended";

    private final AsyncOperation<T> operation;
    private final RetryCall<T> book;

    /** Where this call leaves word of what it has given up on. */
    private final Nest outer = Nest.current();

    /** {@link #goOn} in the context of the caller, if that is carried. */
    private final @Nullable Runnable carried;

    private volatile Object state = BUSY;

    private AsyncCall(AsyncOperation<T> operation, RetryCall<T> book, @Nullable UnaryOperator<Runnable> context) {
        this.operation = operation;
        this.book = book;
        this.carried = context == null ? null : context.apply(this::goOn);
    }

    /** Begins a call on this thread. */
    static <T extends @Nullable Object> AsyncCall<T> start(
            AsyncOperation<T> operation, RetryCall<T> book, @Nullable UnaryOperator<Runnable> context) {
        AsyncCall<T> call = new AsyncCall<>(operation, book, context);
        call.attempt();
        return call;
    }

    private void goOn() {
        try {
            if (state instanceof AsyncCall<?>.Landed) {
                judge();
            } else {
                book.resumed();
                attempt();
            }
        } catch (Throwable bug) {
            fail(bug);
        }
    }

    private void attempt() {
        Flight flight = new Flight();
        put(flight);
        if (state != flight) {
            return;
        }
        @Nullable Nest before = flight.enter();
        try {
            CompletionStage<? extends T> stage =
                    Objects.requireNonNull(operation.attempt(book.attempt()), "the operation returned no stage");
            flight.watch(operation.keepsTime() ? stage : book.limited(stage));
        } catch (Throwable error) {
            if (Interruptions.isOfThisThread(error)) {
                Thread.currentThread().interrupt();
            }
            flight.ended(Outcome.failure(error));
        } finally {
            Nest.leave(before);
        }
    }

    @SuppressWarnings("unchecked") // the states are this call's own
    private void judge() {
        Landed landed = (Landed) state;
        Decision<T> decision = book.ended(landed.outcome, landed.flight);
        if (decision instanceof Decision.RetryAfter<T> again) {
            waitFor(again);
        } else {
            obey(decision);
        }
    }

    private void waitFor(Decision.RetryAfter<T> again) {
        put(again);
        if (state != again) {
            return;
        }
        TimeSource.Scheduled wait;
        try {
            wait = book.time().schedule(this, again.delayNanos());
        } catch (Throwable refused) {
            if (takeWait(BUSY) != null) {
                refused();
            }
            return;
        }
        // The wait may be over already, or broken off.
        if (!STATE.compareAndSet(this, again, wait)) {
            wait.cancel();
        }
    }

    /** The wait is over. This is the timer's thread: it only hands over. */
    @Override
    public void run() {
        if (takeWait(BUSY) != null) {
            try {
                book.time().executor().execute(onward());
            } catch (Throwable full) {
                SystemTime.COMMON.execute(this::refused);
            }
        }
    }

    /** The wait will never be over: its scheduler has been shut down. */
    @Override
    public void dropped() {
        if (takeWait(BUSY) != null) {
            SystemTime.COMMON.execute(this::refused);
        }
    }

    private void refused() {
        try {
            obey(book.abandoned(StopReason.EXECUTOR_REFUSED));
        } catch (Throwable bug) {
            fail(bug);
        }
    }

    private void obey(Decision<T> last) {
        state = ENDED;
        book.leaveWord(last, () -> outer);
        if (last instanceof Decision.Throw<T> failed) {
            super.completeExceptionally(failed.error());
        } else {
            T value = ((Decision.Return<T>) last).value();
            if (!super.complete(value)) {
                book.discard(value);
            }
        }
    }

    /** A part that must not throw has thrown; the caller must not wait for ever because of that. */
    private void fail(Throwable bug) {
        state = ENDED;
        super.completeExceptionally(bug);
    }

    /** Puts down the next state; whoever completed this future meanwhile could not break off the call, so we do. */
    private void put(Object next) {
        state = next;
        if (isDone()) {
            breakOff();
        }
    }

    /** This future has been completed from outside: the attempt or the wait, whatever there is, is ended. */
    private void breakOff() {
        Object now = state;
        if (now instanceof AsyncCall<?>.Flight flight && STATE.compareAndSet(this, now, ENDED)) {
            book.cancelled(result());
            flight.cancel();
            return;
        }
        @Nullable Object wait = takeWait(ENDED);
        if (wait instanceof TimeSource.Scheduled scheduled) {
            scheduled.cancel();
        }
        if (wait != null) {
            book.cancelled(result());
        }
    }

    /** Takes the call out of its wait, and says what stood for that; null if it waits no longer. */
    private @Nullable Object takeWait(Object next) {
        Object now = state;
        while (now instanceof Decision.RetryAfter<?> || now instanceof TimeSource.Scheduled) {
            if (STATE.compareAndSet(this, now, next)) {
                return now;
            }
            now = state;
        }
        return null;
    }

    private Runnable onward() {
        return carried == null ? this::goOn : carried;
    }

    private Outcome<T> result() {
        try {
            return Outcome.success(join());
        } catch (CancellationException cancelled) {
            return Outcome.failure(cancelled);
        } catch (CompletionException failed) {
            Throwable cause = failed.getCause();
            return Outcome.failure(cause == null ? failed : cause);
        }
    }

    @Override
    public boolean complete(T value) {
        return brokenOff(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable error) {
        return brokenOff(super.completeExceptionally(error));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        breakOff();
        return cancelled;
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        executor.execute(() -> {
            try {
                complete(supplier.get());
            } catch (Throwable error) {
                completeExceptionally(error);
            }
        });
        return this;
    }

    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        breakOff();
    }

    @Override
    public void obtrudeException(Throwable error) {
        super.obtrudeException(error);
        breakOff();
    }

    /** Stages that depend on this one are ordinary futures. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    private boolean brokenOff(boolean completed) {
        if (completed) {
            breakOff();
        }
        return completed;
    }

    private static VarHandle stateHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(AsyncCall.class, "state", Object.class);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("the field is in this class", impossible);
        }
    }

    /** One attempt that is running: hears how it ends, once. */
    private final class Flight extends Nest implements BiConsumer<T, Throwable> {

        private volatile @Nullable CompletionStage<? extends T> stage;

        void watch(CompletionStage<? extends T> started) {
            stage = started;
            if (state != this) {
                cancel();
            }
            started.whenComplete(this);
        }

        @Override
        public void accept(T value, @Nullable Throwable error) {
            if (error != null) {
                ended(Outcome.failure(error));
            } else if (!ended(Outcome.success(value))) {
                book.discard(value);
            }
        }

        /** Whether this is how the attempt ended; it may have been broken off before. */
        boolean ended(Outcome<T> outcome) {
            if (!STATE.compareAndSet(AsyncCall.this, this, new Landed(outcome, this))) {
                return false;
            }
            try {
                onward().run();
            } catch (Throwable bug) {
                fail(bug);
            }
            return true;
        }

        void cancel() {
            CompletionStage<? extends T> started = stage;
            if (started != null) {
                Stages.cancel(started);
            }
        }
    }

    /** An attempt that has ended, before it is known what follows. */
    private final class Landed {
        private final Outcome<T> outcome;
        private final Nest flight;

        Landed(Outcome<T> outcome, Nest flight) {
            this.outcome = outcome;
            this.flight = flight;
        }
    }
}
