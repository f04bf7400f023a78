package dev.respite.hedge;

import dev.respite.driver.ParallelAttempt;
import dev.respite.driver.ParallelCall;
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
import java.util.function.BiConsumer;
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

    private final HedgedCallState<T> state;
    private final ParallelCall<T> call;
    private final long delayNanos;
    private final CompletableFuture<T> future = new CompletableFuture<>();

    private final Queue<HedgeEvent<T>> events = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean processing = new AtomicBoolean();
    private final Runnable processEvents;

    /** The attempt that the executor is to start. */
    private final AtomicReference<@Nullable InFlightAttempt> handedOver = new AtomicReference<>();

    private final Runnable launch;

    /** The thread that processes events and hands an attempt over to the executor at this moment. */
    private volatile @Nullable Thread handingOver;

    /** True if the executor has run the launch on that thread: it follows when the queue of events is free. */
    private boolean launchesHere;

    /** The attempts that run. */
    private final List<InFlightAttempt> inFlight = new ArrayList<>();

    /** The attempt that is paid for and has not begun. */
    private @Nullable InFlightAttempt next;

    private @Nullable Alarm alarm;
    private boolean over;

    /** A step of the call after an event. It returns the last decision if it ends the call. */
    private interface HedgeEvent<T extends @Nullable Object> {
        @Nullable
        Decision<T> process();
    }

    private HedgedCall(HedgedCallState<T> state, long delayNanos) {
        this.state = state;
        this.call = state.call();
        this.delayNanos = delayNanos;
        this.processEvents = call.inContext(this::processEvents);
        this.launch = call.inContext(this::launch);
    }

    /** Begins a call on this thread. */
    static <T extends @Nullable Object> CompletableFuture<T> start(HedgedCallState<T> state, long delayNanos) {
        return new HedgedCall<>(state, delayNanos).begin();
    }

    private CompletableFuture<T> begin() {
        CompletionStage<T> outside = future;
        outside.whenComplete((value, error) -> enqueue(() -> futureCompleted(value, error)));
        InFlightAttempt first = new InFlightAttempt(call.attempt(1));
        inFlight.add(first);
        first.launch();
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
        call.recordGivenUp(last);
        if (last instanceof Decision.Throw<T> failed) {
            future.completeExceptionally(failed.error());
        } else {
            T value = ((Decision.Return<T>) last).value();
            if (!future.complete(value)) {
                call.discard(Outcome.success(value));
            }
        }
    }

    /** An attempt has begun: if it is slow, it is hedged. */
    private @Nullable Decision<T> attemptStarted(InFlightAttempt flight) {
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

    private @Nullable Decision<T> attemptCompleted(InFlightAttempt flight, Outcome<T> outcome) {
        if (!inFlight.remove(flight)) {
            call.discard(outcome);
            return null;
        }
        Verdict verdict = call.classify(outcome);
        Decision<T> decision = state.attemptEnded(flight.attempt, outcome, verdict);
        boolean again = decision instanceof Decision.RetryAfter<T>;
        if (!again && !endsCall(verdict)) {
            cancelNext();
        }
        boolean alone = inFlight.isEmpty() && (again || next == null);
        if (!again && (alone || endsCall(verdict))) {
            return end(decision, outcome);
        }
        if (alone) {
            call.retain(outcome);
        } else {
            call.discard(outcome);
        }
        return decision instanceof Decision.RetryAfter<T> sent ? send(sent.delayNanos()) : null;
    }

    /** Returns whether the verdict on an attempt holds for all. One that only permits no further attempt does not. */
    private static boolean endsCall(Verdict verdict) {
        return !(verdict instanceof Verdict.Fatal fatal)
                ? verdict instanceof Verdict.Accept
                : switch (fatal.reason()) {
                    case RETRY_FORBIDDEN_BY_SERVER, CIRCUIT_OPEN, EXECUTOR_REFUSED -> false;
                    default -> true;
                };
    }

    /** Sends another attempt in so long a time, or the one that waits then, if it would go earlier. */
    private @Nullable Decision<T> send(long nanos) {
        if (next == null) {
            next = new InFlightAttempt(state.next());
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
            next = new InFlightAttempt(state.next());
        }
        return handOver(next);
    }

    private @Nullable Decision<T> handOver(InFlightAttempt flight) {
        handedOver.set(flight);
        handingOver = Thread.currentThread();
        try {
            call.time().executor().execute(launch);
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
        @Nullable InFlightAttempt flight = handedOver.getAndSet(null);
        if (flight != null) {
            flight.launch();
        }
    }

    /** No scheduler or executor takes the next attempt. */
    private @Nullable Decision<T> executorRejected() {
        cancelNext();
        if (next != null || !inFlight.isEmpty()) {
            return null;
        }
        Outcome<T> last = call.takeRetained(StopReason.EXECUTOR_REFUSED);
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
        for (InFlightAttempt loser : inFlight) {
            call.cancel(loser.attempt);
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

        private final TimeSource time = call.time();
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

    /** One attempt. The thread that claims it begins it, or ensures that it never begins. */
    private final class InFlightAttempt implements BiConsumer<T, Throwable> {

        private final ParallelAttempt<T> attempt;
        private final AtomicBoolean claimed = new AtomicBoolean();

        InFlightAttempt(ParallelAttempt<T> attempt) {
            this.attempt = attempt;
        }

        boolean claim() {
            return claimed.compareAndSet(false, true);
        }

        void launch() {
            attempt.begin();
            if (!claim()) {
                return;
            }
            enqueue(() -> attemptStarted(this));
            attempt.start(this);
        }

        @Override
        public void accept(T value, @Nullable Throwable error) {
            enqueue(() -> attemptCompleted(this, error == null ? Outcome.success(value) : Outcome.failure(error)));
        }
    }
}
