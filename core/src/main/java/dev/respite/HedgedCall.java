package dev.respite;

import dev.respite.budget.RetryBudget;
import dev.respite.driver.ContextPropagation;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The driver for attempts that run side by side.
 *
 * <p>Attempts end, alarms ring and callers cancel on many threads. Each of them adds an event to a queue. The thread that finds no other
 * at the queue processes the events one after the other, also those that are added in the meantime. So one thread at a time uses the
 * state and the fields of this class, and no thread waits:
 *
 * <pre>
 *   an attempt begins    ──► attemptStarted ─────┐
 *   an attempt ends      ──► attemptCompleted ───┤               ┌──► the next attempt, handed over to the executor
 *   an alarm rings       ──► alarmFired ─────────┼──► events ────┼──► an alarm: a hedge, or the end of a server's hint
 *   the future completes ──► futureCompleted ────┘               └──► the call's end, once other threads may process events
 * </pre>
 *
 * <p>Operations are started outside of that, so that one which is slow to start does not hold up the result of another.
 */
final class HedgedCall<T extends @Nullable Object> {

    private final CallContext context;
    private final AsyncOperation<T> operation;
    private final HedgedCallState<T> state;
    private final long delayNanos;
    private final CompletableFuture<T> future = new CompletableFuture<>();

    private final Queue<HedgeEvent<T>> events = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean processing = new AtomicBoolean();
    private final Runnable processEvents;

    /** The attempt that the executor is to start. */
    private final AtomicReference<@Nullable HedgedAttempt<T>> handedOver = new AtomicReference<>();

    private final Runnable launch;

    /** The thread that processes events and hands an attempt over to the executor at this moment. */
    private volatile @Nullable Thread handingOver;

    /** True if the executor has run the launch on that thread: it follows when the queue of events is free. */
    private boolean launchesHere;

    /** The attempts that run. */
    private final List<HedgedAttempt<T>> inFlight = new ArrayList<>();

    /** The attempt that is paid for and has not begun. */
    private @Nullable HedgedAttempt<T> next;

    private @Nullable Alarm alarm;
    private boolean over;

    /** A step of the call after an event. It returns the last decision if it ends the call. */
    private interface HedgeEvent<T extends @Nullable Object> {
        @Nullable
        Decision<T> process();
    }

    HedgedCall(CallContext context, AsyncOperation<T> operation, RetryBudget allowance, long delayNanos) {
        this.context = context;
        this.operation = operation;
        this.state = new HedgedCallState<>(context, allowance);
        this.delayNanos = delayNanos;
        this.processEvents = inContext(this::processEvents);
        this.launch = inContext(this::launch);
    }

    private Runnable inContext(Runnable task) {
        return ContextPropagation.wrap(context.propagation(), task, context.reporter()::reportContext);
    }

    /** Begins the call on this thread. */
    CompletableFuture<T> begin() {
        CompletionStage<T> outside = future;
        outside.whenComplete((value, error) -> enqueue(() -> futureCompleted(value, error)));
        HedgedAttempt<T> first = new HedgedAttempt<>(1);
        inFlight.add(first);
        launch(first);
        return future;
    }

    private void enqueue(HedgeEvent<T> step) {
        events.add(step);
        processEvents.run();
    }

    private void processEvents() {
        while (!events.isEmpty() && processing.compareAndSet(false, true)) {
            @Nullable Decision<T> last = null;
            boolean launches;
            try {
                for (HedgeEvent<T> step = events.poll(); step != null; step = events.poll()) {
                    @Nullable Decision<T> end = step.process();
                    last = end == null ? last : end;
                }
            } catch (Throwable bug) {
                // The caller must not wait forever after an unexpected exception.
                future.completeExceptionally(bug);
            } finally {
                launches = launchesHere;
                launchesHere = false;
                processing.set(false);
            }
            if (last != null) {
                obey(last);
            }
            if (launches) {
                launchNow();
            }
        }
    }

    private void obey(Decision<T> last) {
        state.recordGivenUp(last);
        if (last instanceof Decision.Throw<T> failed) {
            future.completeExceptionally(failed.error());
        } else {
            T value = ((Decision.Return<T>) last).value();
            if (!future.complete(value)) {
                state.discard(Outcome.success(value));
            }
        }
    }

    /** An attempt has begun: if it is slow, it is hedged. */
    private @Nullable Decision<T> attemptStarted(HedgedAttempt<T> flight) {
        if (over) {
            return null;
        }
        if (flight == next) {
            next = null;
            inFlight.add(flight);
            state.nextStarted();
        }
        if (state.mayHedge(delayNanos)) {
            // If it cannot be set, the call goes on without hedges.
            setAlarm(delayNanos);
        }
        return null;
    }

    private @Nullable Decision<T> attemptCompleted(HedgedAttempt<T> flight, Outcome<T> outcome) {
        if (!inFlight.remove(flight)) {
            state.discard(outcome);
            return null;
        }
        Verdict verdict = state.classify(outcome);
        Decision<T> decision = state.attemptEnded(flight, outcome, verdict);
        boolean again = decision instanceof Decision.RetryAfter<T>;
        if (!again && verdict instanceof Verdict.Transient) {
            cancelNext();
        }
        boolean alone = inFlight.isEmpty() && (again || next == null);
        if (!again && (alone || !(verdict instanceof Verdict.Transient))) {
            return end(decision, outcome);
        }
        if (alone) {
            state.retain(outcome);
        } else {
            state.discard(outcome);
        }
        return decision instanceof Decision.RetryAfter<T> sent ? send(sent.delayNanos()) : null;
    }

    /** Sends another attempt in so long a time, or the one that waits then, if it would go earlier. */
    private @Nullable Decision<T> send(long nanos) {
        if (next == null) {
            next = state.next();
        } else if (alarm == null || alarm.firesAfter(nanos)) {
            return null;
        }
        if (nanos <= 0) {
            stopAlarm();
            return handOver(next);
        }
        return setAlarm(nanos) ? null : executorRejected();
    }

    private @Nullable Decision<T> alarmFired(Alarm rung) {
        if (alarm != rung) {
            return null;
        }
        alarm = null;
        if (next == null) {
            if (!state.acquireHedge()) {
                return null;
            }
            next = state.next();
        }
        return handOver(next);
    }

    private @Nullable Decision<T> handOver(HedgedAttempt<T> flight) {
        handedOver.set(flight);
        handingOver = Thread.currentThread();
        try {
            context.time().executor().execute(launch);
            return null;
        } catch (Throwable full) {
            return executorRejected();
        } finally {
            handingOver = null;
        }
    }

    /** On a thread of the executor; an executor that runs tasks directly must not start the attempt within a step. */
    private void launch() {
        if (Thread.currentThread() == handingOver) {
            launchesHere = true;
        } else {
            launchNow();
        }
    }

    private void launchNow() {
        @Nullable HedgedAttempt<T> flight = handedOver.getAndSet(null);
        if (flight != null) {
            launch(flight);
        }
    }

    private void launch(HedgedAttempt<T> flight) {
        flight.begin(state.elapsedNanos());
        if (!flight.claim()) {
            return;
        }
        enqueue(() -> attemptStarted(flight));
        flight.start(
                operation,
                state.begun(flight),
                context,
                (value, error) -> enqueue(() ->
                        attemptCompleted(flight, error == null ? Outcome.success(value) : Outcome.failure(error))));
    }

    /** No scheduler or executor takes the next attempt. */
    private @Nullable Decision<T> executorRejected() {
        cancelNext();
        if (next != null || !inFlight.isEmpty()) {
            return null;
        }
        Outcome<T> last = state.takeRetained(StopReason.EXECUTOR_REFUSED);
        return end(Decision.stop(last, StopReason.EXECUTOR_REFUSED), last);
    }

    /** An alarm will not ring: its scheduler has been shut down. */
    private @Nullable Decision<T> alarmRejected(Alarm lost) {
        if (alarm != lost) {
            return null;
        }
        alarm = null;
        return next == null ? null : executorRejected();
    }

    private void cancelNext() {
        stopAlarm();
        if (next != null && next.claim()) {
            next = null;
            state.refundNext();
        }
    }

    /** The future is complete: by this call, or from outside, which cancels it. */
    private @Nullable Decision<T> futureCompleted(T value, @Nullable Throwable error) {
        if (!over) {
            Outcome<T> instead = error == null ? Outcome.success(value) : Outcome.failure(error);
            end(Decision.stop(instead, StopReason.CANCELLED), instead);
        }
        return null;
    }

    private Decision<T> end(Decision<T> last, Outcome<T> outcome) {
        over = true;
        cancelNext();
        if (next != null) {
            // It has begun; the step that reports this is ignored.
            inFlight.add(next);
            next = null;
            state.nextStarted();
        }
        for (HedgedAttempt<T> loser : inFlight) {
            state.cancelled(loser);
            loser.cancel();
        }
        inFlight.clear();
        state.end(last, outcome);
        return last;
    }

    private boolean setAlarm(long nanos) {
        stopAlarm();
        alarm = new Alarm(nanos);
        if (alarm.set(nanos)) {
            return true;
        }
        alarm = null;
        return false;
    }

    private void stopAlarm() {
        if (alarm != null) {
            alarm.stop();
            alarm = null;
        }
    }

    /** Rings when the next attempt is to be sent. */
    private final class Alarm implements TimeSource.Task {

        private final TimeSource time = context.time();
        private final long set = time.nanoTime();
        private final long nanos;
        private @Nullable Future<?> scheduled;

        Alarm(long nanos) {
            this.nanos = nanos;
        }

        boolean set(long after) {
            try {
                scheduled = time.schedule(this, after);
                return true;
            } catch (Throwable refused) {
                return false;
            }
        }

        boolean firesAfter(long fromNow) {
            return nanos - (time.nanoTime() - set) >= fromNow;
        }

        void stop() {
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        }

        /** This is the timer's thread: it only hands over. */
        @Override
        public void run() {
            try {
                time.executor().execute(() -> enqueue(() -> alarmFired(this)));
            } catch (Throwable full) {
                rejected();
            }
        }

        @Override
        public void rejected() {
            TimeSource.runOnSpareThread(() -> enqueue(() -> HedgedCall.this.alarmRejected(this)));
        }
    }
}
