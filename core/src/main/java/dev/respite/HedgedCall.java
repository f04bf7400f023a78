package dev.respite;

import dev.respite.policy.Decision;
import dev.respite.policy.Outcome;
import dev.respite.policy.StopReason;
import dev.respite.policy.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
 * <p>Attempts end, alarms ring and callers cancel on many threads. Each of them adds a step to the mail. A thread that finds
 * no other at the mail takes the steps one after the other, also those that are added in the meantime. So the book and the
 * fields of this class are used by one thread at a time, and no thread waits:
 *
 * <pre>
 *   an attempt begins    ──► begun ───┐
 *   an attempt ends      ──► landed ──┤             ┌──► the next attempt, handed over to the executor
 *   an alarm rings       ──► due ─────┼──► mail ────┼──► an alarm: a hedge, or the end of a server's hint
 *   the future completes ──► answered ┘             └──► the call's end, once the mail is free for others
 * </pre>
 *
 * <p>Operations are started outside of that, so that one which is slow to start does not hold up another's answer.
 */
final class HedgedCall<T extends @Nullable Object> {

    private final AsyncOperation<T> operation;
    private final HedgeBook<T> book;
    private final long delayNanos;
    private final CompletableFuture<T> answer = new CompletableFuture<>();

    private final Queue<Step<T>> mail = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean taken = new AtomicBoolean();
    private final Runnable takeMail;

    /** The attempt that the executor is to start. */
    private final AtomicReference<@Nullable Flight> handedOver = new AtomicReference<>();

    private final Runnable launch;

    /** The thread that takes the mail and hands an attempt over to the executor at this moment. */
    private volatile @Nullable Thread handingOver;

    /** Whether the executor has run the launch on that thread: it follows when the mail is free. */
    private boolean launchesHere;

    /** The attempts that run. */
    private final List<Flight> flights = new ArrayList<>();

    /** The attempt that is paid for and has not begun. */
    private @Nullable Flight next;

    private @Nullable Alarm alarm;
    private boolean over;

    /** What is done about something that has happened; the call's end, if it is that. */
    private interface Step<T extends @Nullable Object> {
        @Nullable
        Decision<T> take();
    }

    private HedgedCall(AsyncOperation<T> operation, HedgeBook<T> book, long delayNanos) {
        this.operation = operation;
        this.book = book;
        this.delayNanos = delayNanos;
        this.takeMail = Carried.by(book.retry().carrier(), this::takeMail, book.call());
        this.launch = Carried.by(book.retry().carrier(), this::launch, book.call());
    }

    /** Begins a call on this thread. */
    static <T extends @Nullable Object> CompletableFuture<T> start(
            AsyncOperation<T> operation, HedgeBook<T> book, long delayNanos) {
        return new HedgedCall<>(operation, book, delayNanos).begin();
    }

    private CompletableFuture<T> begin() {
        CompletionStage<T> outside = answer;
        outside.whenComplete((value, error) -> post(() -> answered(value, error)));
        Flight first = new Flight(1);
        flights.add(first);
        first.launch();
        return answer;
    }

    private void post(Step<T> step) {
        mail.add(step);
        takeMail.run();
    }

    private void takeMail() {
        while (!mail.isEmpty() && taken.compareAndSet(false, true)) {
            @Nullable Decision<T> last = null;
            boolean launches;
            try {
                for (Step<T> step = mail.poll(); step != null; step = mail.poll()) {
                    @Nullable Decision<T> end = step.take();
                    last = end == null ? last : end;
                }
            } catch (Throwable bug) {
                // A part that must not throw has thrown; the caller must not wait for ever because of that.
                answer.completeExceptionally(bug);
            } finally {
                launches = launchesHere;
                launchesHere = false;
                taken.set(false);
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
        book.call().leaveWord(last);
        if (last instanceof Decision.Throw<T> failed) {
            answer.completeExceptionally(failed.error());
        } else {
            T value = ((Decision.Return<T>) last).value();
            if (!answer.complete(value)) {
                book.call().discard(value);
            }
        }
    }

    /** An attempt has begun: if it is slow, it is hedged. */
    private @Nullable Decision<T> begun(Flight flight) {
        if (over) {
            return null;
        }
        if (flight == next) {
            next = null;
            flights.add(flight);
            book.begun();
        }
        if (book.mayHedge(delayNanos)) {
            // If it cannot be set, the call goes on without hedges.
            setAlarm(delayNanos);
        }
        return null;
    }

    private @Nullable Decision<T> landed(Flight flight, Outcome<T> outcome) {
        if (!flights.remove(flight)) {
            book.discard(outcome);
            return null;
        }
        Verdict verdict = book.call().judged(outcome);
        Decision<T> decision = book.ended(flight.lap(), outcome, verdict, flight.givenUp);
        boolean again = decision instanceof Decision.RetryAfter<T>;
        if (!again && verdict instanceof Verdict.Transient) {
            callOffNext();
        }
        boolean alone = flights.isEmpty() && (again || next == null);
        if (!again && (alone || !(verdict instanceof Verdict.Transient))) {
            return end(decision, outcome);
        }
        if (alone) {
            book.call().release(outcome);
        } else {
            book.discard(outcome);
        }
        return decision instanceof Decision.RetryAfter<T> sent ? send(sent.delayNanos()) : null;
    }

    /** Sends another attempt in so long a time, or the one that waits then, if it would go earlier. */
    private @Nullable Decision<T> send(long nanos) {
        if (next == null) {
            next = new Flight(book.next());
        } else if (alarm == null || alarm.ringsAfter(nanos)) {
            return null;
        }
        if (nanos <= 0) {
            stopAlarm();
            return handOver(next);
        }
        return setAlarm(nanos) ? null : refused();
    }

    private @Nullable Decision<T> due(Alarm rung) {
        if (alarm != rung) {
            return null;
        }
        alarm = null;
        if (next == null) {
            if (!book.payHedge()) {
                return null;
            }
            next = new Flight(book.next());
        }
        return handOver(next);
    }

    private @Nullable Decision<T> handOver(Flight flight) {
        handedOver.set(flight);
        handingOver = Thread.currentThread();
        try {
            book.call().time().executor().execute(launch);
            return null;
        } catch (Throwable full) {
            return refused();
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
        @Nullable Flight flight = handedOver.getAndSet(null);
        if (flight != null) {
            flight.launch();
        }
    }

    /** No scheduler or executor takes the next attempt. */
    private @Nullable Decision<T> refused() {
        callOffNext();
        if (next != null || !flights.isEmpty()) {
            return null;
        }
        Outcome<T> last = book.call().retained(StopReason.EXECUTOR_REFUSED);
        return end(Decision.stop(last, StopReason.EXECUTOR_REFUSED), last);
    }

    /** An alarm will not ring: its scheduler has been shut down. */
    private @Nullable Decision<T> dropped(Alarm lost) {
        if (alarm != lost) {
            return null;
        }
        alarm = null;
        return next == null ? null : refused();
    }

    private void callOffNext() {
        stopAlarm();
        if (next != null && next.claim()) {
            next = null;
            book.notMade();
        }
    }

    /** The future is complete: by this call, or from outside, which cancels it. */
    private @Nullable Decision<T> answered(T value, @Nullable Throwable error) {
        if (!over) {
            Outcome<T> instead = error == null ? Outcome.success(value) : Outcome.failure(error);
            end(Decision.stop(instead, StopReason.CANCELLED), instead);
        }
        return null;
    }

    private Decision<T> end(Decision<T> last, Outcome<T> outcome) {
        over = true;
        callOffNext();
        if (next != null) {
            // It has begun; the step that reports this is ignored.
            flights.add(next);
            next = null;
            book.begun();
        }
        for (Flight loser : flights) {
            book.lost(loser.lap());
            loser.cancel();
        }
        flights.clear();
        book.close(last, outcome);
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

        private final TimeSource time = book.call().time();
        private final long set = time.nanoTime();
        private final long nanos;
        private @Nullable Future<?> place;

        Alarm(long nanos) {
            this.nanos = nanos;
        }

        boolean set(long after) {
            try {
                place = time.schedule(this, after);
                return true;
            } catch (Throwable refused) {
                return false;
            }
        }

        boolean ringsAfter(long fromNow) {
            return nanos - (time.nanoTime() - set) >= fromNow;
        }

        void stop() {
            if (place != null) {
                place.cancel(false);
            }
        }

        /** This is the timer's thread: it only hands over. */
        @Override
        public void run() {
            try {
                time.executor().execute(() -> post(() -> due(this)));
            } catch (Throwable full) {
                dropped();
            }
        }

        @Override
        public void dropped() {
            OwnThreads.runElsewhere(() -> post(() -> HedgedCall.this.dropped(this)));
        }
    }

    /** One attempt. The thread that claims it begins it, or ensures that it never begins. */
    private final class Flight implements BiConsumer<T, Throwable> {

        private final int number;
        private final AtomicReference<Object[]> givenUp = GivenUpFailures.create();
        private final AtomicBoolean claimed = new AtomicBoolean();
        private volatile HedgeBook.@Nullable Lap lap;
        private volatile @Nullable CompletionStage<? extends T> stage;
        private volatile boolean cancelled;

        Flight(int number) {
            this.number = number;
        }

        boolean claim() {
            return claimed.compareAndSet(false, true);
        }

        void launch() {
            HedgeBook.Lap begins = book.lap(number);
            lap = begins;
            if (!claim()) {
                return;
            }
            post(() -> begun(this));
            CompletionStage<? extends T> started = Stages.start(operation, begins.attempt(), givenUp, book.call());
            stage = started;
            if (cancelled) {
                Stages.cancel(started);
            }
            Stages.listen(started, this);
        }

        /** How it began; it has. */
        HedgeBook.Lap lap() {
            return Objects.requireNonNull(lap, "has not begun");
        }

        @Override
        public void accept(T value, @Nullable Throwable error) {
            post(() -> landed(this, error == null ? Outcome.success(value) : Outcome.failure(error)));
        }

        void cancel() {
            cancelled = true;
            CompletionStage<? extends T> started = stage;
            if (started != null) {
                Stages.cancel(started);
            }
        }
    }
}
