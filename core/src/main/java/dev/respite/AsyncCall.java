package dev.respite;

import dev.respite.driver.ContextPropagation;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.queue.WaitingCall;
import dev.respite.time.TimeSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
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
 *   busy ──► Flight ──► Landed ──► busy ──► RetryAfter ──► Future ──► busy
 *            runs       has ended  judges   is scheduled   waits      begins the next
 *              └──────────────────────────────────┴────────────┴─────► ended
 * </pre>
 *
 * <p>A wait of no time has no future: it is handed to the executor at once. If the retry of a call is not paid for, the {@link WaitingCall}
 * follows the future of the delay.
 *
 * <p>The thread that sets the state to busy owns the call until it sets the next state. Directly after that it checks whether this
 * future has been completed from outside. Any thread can end an attempt that runs, and a wait.
 */
final class AsyncCall<T extends @Nullable Object> extends CompletableFuture<T> implements TimeSource.Task {

    @SuppressWarnings("rawtypes") // a class literal has no type arguments
    private static final AtomicReferenceFieldUpdater<AsyncCall, Object> STATE =
            AtomicReferenceFieldUpdater.newUpdater(AsyncCall.class, Object.class, "state");

    private static final Object BUSY = "busy";
    private static final Object ENDED = "ended";

    private final AsyncOperation<T> operation;
    private final RetryCall<T> call;

    /** {@link #advance} in the context of the caller; null if only the class loader is propagated. */
    private final @Nullable Runnable inContext;

    private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

    private volatile Object state = BUSY;

    private AsyncCall(AsyncOperation<T> operation, RetryCall<T> book, @Nullable UnaryOperator<Runnable> context) {
        this.operation = operation;
        this.call = book;
        this.inContext = context == null
                ? null
                : ContextPropagation.wrap(context, this::advance, call.context().reporter()::reportContext);
    }

    /** Begins a call on this thread. */
    static <T extends @Nullable Object> AsyncCall<T> start(
            AsyncOperation<T> operation, RetryCall<T> book, @Nullable UnaryOperator<Runnable> context) {
        AsyncCall<T> call = new AsyncCall<>(operation, book, context);
        if (call.attempt()) {
            call.advanceInContext();
        } else {
            GivenUpFailures.endEpoch();
        }
        return call;
    }

    private void advanceInContext() {
        ContextPropagation.runWith(loader, inContext == null ? this::advance : inContext);
    }

    /** Takes the next step, and those after it that are due on this thread at once: in a loop, so that the stack stays flat. */
    private void advance() {
        boolean more = true;
        while (more) {
            more = step();
        }
    }

    /** Judges an attempt that has ended, or begins another after a wait that is over; returns whether to go on here. */
    private boolean step() {
        Object now = state;
        boolean landed = now instanceof AsyncCall<?>.CompletedAttempt;
        if (landed ? !STATE.compareAndSet(this, now, BUSY) : claimWait(BUSY) == null) {
            return false;
        }
        try {
            return landed ? judge(now) : resume();
        } catch (Throwable bug) {
            fail(bug);
            return false;
        }
    }

    /** The delay is over, or the wait for the budget that followed it; returns whether to go on here. */
    private boolean resume() {
        WaitingCall waiting = call.waiting();
        if (waiting != null && !waiting.hasBegun()) {
            awaitBudget(waiting);
            return false;
        }
        @Nullable StopReason end = waiting == null ? null : waiting.stopReason();
        if (end != null) {
            obey(call.endDuringDelay(end));
            return false;
        }
        call.delayEnded();
        return attempt();
    }

    private void awaitBudget(WaitingCall waiting) {
        transitionTo(waiting);
        if (state != waiting) {
            return;
        }
        try {
            call.beginWait();
        } catch (Throwable refused) {
            rejected();
            return;
        }
        CompletableFuture<?> unused = waiting.whenComplete((released, failure) -> {
            if (!waiting.isCancelled()) {
                advanceFromTimer();
            }
        });
    }

    /** Another call's thread, or the timer's, has ended the wait: the timer hands over, as at the end of a delay. */
    private void advanceFromTimer() {
        try {
            Future<?> unused = call.context().time().schedule(this, 0);
        } catch (Throwable refused) {
            rejected();
        }
    }

    /** Begins an attempt; returns whether it has ended already, on this thread, which has to go on then. */
    private boolean attempt() {
        InFlightAttempt flight = new InFlightAttempt();
        transitionTo(flight);
        if (state == flight) {
            flight.watch(Stages.start(operation, call.attempt(), flight.givenUp, call.context()));
        }
        return flight.started();
    }

    @SuppressWarnings("unchecked") // the states are this call's own
    private boolean judge(Object ended) {
        CompletedAttempt landed = (CompletedAttempt) ended;
        // Later attempts begin in the executor: one that ended where it began did so within a task of the executor.
        boolean inExecutor = landed.attempt.endedOnStarter && call.attempt().number() > 1;
        Decision<T> decision = call.attemptEnded(
                landed.outcome, landed.attempt.givenUp, GivenUpFailures.hasAny(landed.attempt.givenUp));
        if (decision instanceof Decision.RetryAfter<T> again) {
            return waitFor(again, inExecutor);
        }
        obey(decision);
        return false;
    }

    /** Waits; returns whether there was nothing to wait for and the executor runs the next attempt on this thread. */
    private boolean waitFor(Decision.RetryAfter<T> again, boolean inExecutor) {
        transitionTo(again);
        if (state != again) {
            return false;
        }
        Future<?> wait;
        try {
            if (again.delayNanos() == 0) {
                // The timer is not needed.
                Resumption resumption = new Resumption(inExecutor);
                call.context().time().executor().execute(resumption);
                resumption.submitted = true;
                return resumption.left;
            }
            wait = call.context().time().schedule(this, again.delayNanos());
        } catch (Throwable refused) {
            if (claimWait(BUSY) != null) {
                endRejected();
            }
            return false;
        }
        // The wait may be over already, or broken off.
        if (!STATE.compareAndSet(this, again, wait)) {
            wait.cancel(false);
        }
        return false;
    }

    /** The wait is over. This is the timer's thread: it only hands over. */
    @Override
    public void run() {
        try {
            call.context().time().executor().execute(this::advanceInContext);
        } catch (Throwable full) {
            rejected();
        }
    }

    /** The wait will never be over: its scheduler has been shut down. */
    @Override
    public void rejected() {
        if (claimWait(BUSY) != null) {
            TimeSource.runOnSpareThread(this::endRejected);
        }
    }

    private void endRejected() {
        try {
            obey(call.endDuringDelay(StopReason.EXECUTOR_REFUSED));
        } catch (Throwable bug) {
            fail(bug);
        }
    }

    private void obey(Decision<T> last) {
        state = ENDED;
        call.recordGivenUp(last);
        if (last instanceof Decision.Throw<T> failed) {
            super.completeExceptionally(failed.error());
        } else {
            T value = ((Decision.Return<T>) last).value();
            if (!super.complete(value)) {
                call.context().reporter().discard(value);
            }
        }
    }

    /** Ends the call after an unexpected exception, so that the caller does not wait forever. */
    private void fail(Throwable bug) {
        super.completeExceptionally(bug);
        STATE.compareAndSet(this, BUSY, ENDED);
    }

    /** Sets the next state. A thread that completed this future in the meantime could not end the call, so this one does. */
    private void transitionTo(Object next) {
        state = next;
        if (isDone()) {
            abort();
        }
    }

    /** This future has been completed from outside: the attempt or the wait, whatever there is, is ended. */
    private void abort() {
        Object now = state;
        if (now instanceof AsyncCall<?>.InFlightAttempt flight && STATE.compareAndSet(this, now, ENDED)) {
            flight.cancel();
            call.cancelled(result());
            return;
        }
        @Nullable Object wait = claimWait(ENDED);
        if (wait instanceof Future<?> scheduled) {
            scheduled.cancel(false);
        }
        if (wait != null) {
            call.cancelled(result());
        }
    }

    /** Takes the call out of its wait. Returns the state of that wait; null if it waits no longer. */
    private @Nullable Object claimWait(Object next) {
        Object now = state;
        while (now instanceof Decision.RetryAfter<?> || now instanceof Future<?>) {
            if (STATE.compareAndSet(this, now, next)) {
                return now;
            }
            now = state;
        }
        return null;
    }

    /** The value or the failure with which this future was completed. */
    private Outcome<T> result() {
        return handle((value, error) -> error == null ? Outcome.success(value) : Outcome.<T>failure(error))
                .join();
    }

    @Override
    public boolean complete(T value) {
        return abortIf(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable error) {
        return abortIf(super.completeExceptionally(error));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        abort();
        return cancelled;
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(() -> {
            if (!isDone()) {
                completeBy(supplier);
            }
        });
        return this;
    }

    private void completeBy(Supplier<? extends T> supplier) {
        try {
            complete(supplier.get());
        } catch (Throwable error) {
            completeExceptionally(error);
        }
    }

    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        abort();
    }

    @Override
    public void obtrudeException(Throwable error) {
        super.obtrudeException(error);
        abort();
    }

    /** Stages that depend on this one are ordinary futures. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    private boolean abortIf(boolean completed) {
        if (completed) {
            abort();
        }
        return completed;
    }

    /**
     * The end of a wait of no time, as a task for the executor. An executor that runs it on the thread that submits it would
     * make each attempt run within the one before. So within a task of the executor it leaves the next step to the loop there.
     */
    private final class Resumption implements Runnable {
        private final @Nullable Thread looping;
        private boolean submitted;

        /** True if the next step was left to the loop. Read and written on its thread, as is the field above. */
        private boolean left;

        Resumption(boolean inExecutor) {
            this.looping = inExecutor ? Thread.currentThread() : null;
        }

        @Override
        public void run() {
            if (Thread.currentThread() == looping && !submitted) {
                left = true;
            } else {
                advanceInContext();
            }
        }
    }

    /** One attempt that is running: receives its end, once. */
    private final class InFlightAttempt implements BiConsumer<T, Throwable> {

        /** Where calls that begin inside this attempt record what they give up on. */
        private final AtomicReference<Object[]> givenUp = GivenUpFailures.create();

        /** The thread that begins this attempt, until it has. */
        private @Nullable Thread starter = Thread.currentThread();

        /** True if this attempt ended on the thread that began it, before it had begun completely. */
        private boolean endedOnStarter;

        private volatile @Nullable CompletionStage<? extends T> stage;

        void watch(CompletionStage<? extends T> started) {
            stage = started;
            if (state != this) {
                cancel();
            }
            Stages.listen(started, this);
        }

        /** The attempt has begun; returns whether this thread has to go on, since the attempt has ended on it. */
        boolean started() {
            starter = null;
            return endedOnStarter;
        }

        @Override
        public void accept(T value, @Nullable Throwable error) {
            if (error != null) {
                ended(Outcome.failure(error));
            } else if (!ended(Outcome.success(value))) {
                call.context().reporter().discard(value);
            }
        }

        /** Returns whether this is how the attempt ended; it may have been broken off before. */
        boolean ended(Outcome<T> outcome) {
            if (!STATE.compareAndSet(AsyncCall.this, this, new CompletedAttempt(outcome, this))) {
                return false;
            }
            // No other thread ever sees itself here.
            if (starter == Thread.currentThread()) {
                endedOnStarter = true;
            } else {
                advanceInContext();
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
    private final class CompletedAttempt {
        private final Outcome<T> outcome;
        private final InFlightAttempt attempt;

        CompletedAttempt(Outcome<T> outcome, InFlightAttempt flight) {
            this.outcome = outcome;
            this.attempt = flight;
        }
    }
}
