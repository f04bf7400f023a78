package dev.respite.durable;

import dev.respite.driver.AttemptResult;
import dev.respite.driver.CallState;
import dev.respite.driver.ResumableRetry;
import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.CallStatements.LostRowException;
import dev.respite.durable.DurableClassifier.LostAttemptException;
import dev.respite.durable.Envelope.StoredCall;
import dev.respite.durable.Envelope.UnreadableDataException;
import dev.respite.logging.FailureText;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs one attempt of a call and computes what becomes of its row. It writes nothing, unless the call waits for its turn.
 *
 * @param <T> the type of the data
 */
final class AttemptRunner<T> {

    /** A call that only a newer deployment can read is left to that so often before it is parked. */
    private static final int MAX_POSTPONEMENTS = 8;

    /** The longest that a deferred retry waits for its pace before it is picked anyway. */
    private static final Duration MAX_DEFERRED = Duration.ofHours(1);

    /** The time after a deferral in which the calls of the task are expected to have others. */
    private static final Duration DEFERRALS_LAST = Duration.ofSeconds(10);

    /** The change of the row of a call after an attempt. */
    sealed interface Ending {

        /**
         * The call has succeeded, and its row is to be removed.
         *
         * @param sequence the sequence whose next call is due then; empty for none
         */
        record Remove(Optional<String> sequence) implements Ending {}

        /**
         * The row was removed together with the effect, and the next call of its sequence is due.
         *
         * @param sequence the sequence
         * @param isUnclear whether the next call has to be looked for
         */
        record NextIsDue(String sequence, boolean isUnclear) implements Ending {}

        /** The row was removed together with the effect, was put back until its turn comes, or belongs to another instance. */
        record Leave() implements Ending {}

        /** The call was picked ahead and has not begun: one update. */
        record PutBack() implements Ending {}

        /**
         * The call goes on later: one update.
         *
         * @param due the time from which it is picked
         * @param deferredUntil the time from which it may be picked before, if the pace of deferred retries permits it; empty unless
         *     the budget has rejected its retry
         */
        record Reschedule(Instant due, Optional<Instant> deferredUntil, Envelope envelope) implements Ending {}

        /**
         * The call is moved to the dead letters: one transaction.
         *
         * @param handler the handler of calls that are given up; empty if the call was parked, or its task has none
         */
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Park(DeadLetter letter, byte[] envelope, Optional<GiveUp.Handler> handler) implements Ending {}
    }

    private final DurableTask<T> task;
    private final RetrySelector retry;
    private final AttemptBody<T> body;
    private final Optional<Function<T, GiveUp.Handler>> onGivenUp;
    private final TimeSource time;
    private final Duration parkUnknownTasksAfter;
    private final Sequences sequences;

    /** The last time at which a retry was deferred, or a deferred one was due, by the monotonic clock. */
    private final AtomicLong deferredAt;

    AttemptRunner(
            DurableTask<T> task,
            RetrySelector retry,
            AttemptBody<T> body,
            Optional<Function<T, GiveUp.Handler>> onGivenUp,
            DurableSettings settings,
            Sequences sequences) {
        this.task = task;
        this.retry = retry;
        this.body = body;
        this.onGivenUp = onGivenUp;
        this.time = sequences.time();
        this.parkUnknownTasksAfter = settings.waits().parkUnknownTasksAfter();
        this.sequences = sequences;
        this.deferredAt = new AtomicLong(time.nanoTime() - DEFERRALS_LAST.toNanos());
    }

    String name() {
        return task.name();
    }

    /**
     * Returns the handler of a dead letter; empty if the task has none.
     *
     * @throws UnreadableDataException if the data cannot be read
     */
    Optional<GiveUp.Handler> handler(DeadLetter letter, byte[] stored) {
        return onGivenUp.map(given -> given.apply(task.decode(letter.call().dataVersion(), stored.clone())));
    }

    Seats.Limits limits() {
        return task.limits();
    }

    int deferredRetriesLeft() {
        return retry.deferredRetriesLeft();
    }

    /** Returns whether the task has had deferred retries a short time ago, and one would be made now. */
    boolean awaitsDeferredRetries() {
        return time.nanoTime() - deferredAt.get() < DEFERRALS_LAST.toNanos() && deferredRetriesLeft() > 0;
    }

    /**
     * Runs an attempt.
     *
     * @param stored the stored bytes of the call
     * @param stopping whether this instance is being stopped, and interrupts attempts
     */
    Ending run(CallRow row, StoredCall stored, BooleanSupplier stopping) {
        Envelope envelope;
        try {
            envelope = Envelope.decode(stored.envelope());
        } catch (UnreadableDataException damaged) {
            return new Ending.Park(
                    DeadLetterFactory.unreadable(row, damaged, time.wallTime()), stored.envelope(), Optional.empty());
        }
        if (envelope.dataVersion() > task.version() && envelope.progress().postponements() < MAX_POSTPONEMENTS) {
            // A newer deployment has enqueued it, and runs it if it is given the time.
            Instant due = EnqueueOptions.later(time.wallTime(), parkUnknownTasksAfter.dividedBy(MAX_POSTPONEMENTS));
            return new Ending.Reschedule(due, Optional.empty(), envelope.postponed());
        }
        T data;
        try {
            data = decode(envelope, stored.data());
        } catch (UnreadableDataException damaged) {
            return parked(row, envelope, damaged);
        }
        if (envelope.sequence().isPresent()
                && !stored.hasTurn()
                && sequences.waits(row, envelope, envelope.sequence().get())) {
            return new Ending.Leave();
        }
        return attempted(row, envelope, new Data<>(data, stored.data()), stopping);
    }

    private T decode(Envelope envelope, byte[] stored) {
        if (envelope.dataVersion() > task.version()) {
            throw new UnreadableDataException("data of version " + envelope.dataVersion() + " of task '" + task.name()
                    + "', and this deployment reads versions up to " + task.version()
                    + ": deploy the newer one, and replay");
        }
        return task.decode(envelope.dataVersion(), stored.clone());
    }

    /** The data of a call, decoded and as it is stored. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Data<T>(T value, byte[] stored) {}

    private Ending attempted(CallRow row, Envelope envelope, Data<T> data, BooleanSupplier stopping) {
        ResumableRetry resumable = retry.of(envelope.progress().pinnedPolicy());
        Optional<Instant> lostAt = envelope.progress().lostAt();
        CallState state = envelope.progress()
                .state()
                .orElseGet(() -> lostAt.map(CallState::begin).orElseGet(resumable::begin));
        if (state.payment().deferred().isPresent()) {
            deferredAt.set(time.nanoTime());
        }
        Recorded recorded = new Recorded();
        AttemptResult<Boolean> result = lostAt.isPresent()
                ? resumable.failedElsewhere(state, recorded.lost(state.number()))
                : resumable.attemptWithInterrupt(
                        state, attempt -> recorded.of(() -> attempt(row, envelope, data, attempt, state), stopping));
        if (result instanceof AttemptResult.Again<Boolean> again) {
            return rescheduled(envelope, again, recorded);
        }
        return ended(row, envelope, data.value(), (AttemptResult.Ended<Boolean>) result, recorded, state.firstStart());
    }

    private Ending rescheduled(Envelope envelope, AttemptResult.Again<Boolean> again, Recorded recorded) {
        Optional<String> pinned = retry.pin(envelope.progress().pinnedPolicy());
        Envelope next = envelope.after(
                again.state(),
                pinned,
                recorded.text().orElse(envelope.progress().lastError()));
        Duration delay = envelope.progress().skipsBackoff() ? Duration.ZERO : again.delay();
        Instant due = EnqueueOptions.later(time.wallTime(), delay);
        if (!again.isDeferred()) {
            return new Ending.Reschedule(due, Optional.empty(), next);
        }
        deferredAt.set(time.nanoTime());
        Instant latest = due.plus(MAX_DEFERRED);
        // It is given up in time.
        Instant last = retry.totalTimeout(pinned)
                .map(total -> EnqueueOptions.later(again.state().firstStart(), total))
                .filter(latest::isAfter)
                .orElse(latest);
        return new Ending.Reschedule(last, Optional.of(due), next);
    }

    private AttemptBody.Row attempt(CallRow row, Envelope envelope, Data<T> data, Attempt attempt, CallState state)
            throws Exception {
        DurableContext context = new DurableContext(task.name(), row.id(), envelope.key(), attempt, state.firstStart());
        return body.run(row, data.value(), data.stored(), envelope, context);
    }

    private Ending ended(
            CallRow row,
            Envelope envelope,
            T data,
            AttemptResult.Ended<Boolean> end,
            Recorded recorded,
            Instant firstStart) {
        if (end.reason() == StopReason.ACCEPTED) {
            if (recorded.row == AttemptBody.Row.REMAINS) {
                return new Ending.Remove(envelope.sequence());
            }
            boolean isUnclear = recorded.row == AttemptBody.Row.REMOVED_BEFORE_UNCLEAR;
            return envelope.sequence()
                    .<Ending>map(sequence -> new Ending.NextIsDue(sequence, isUnclear))
                    .orElseGet(Ending.Leave::new);
        }
        if (end.outcome() instanceof Outcome.Failure<Boolean> failure && failure.error() instanceof LostRowException) {
            return new Ending.Leave();
        }
        DeadLetter letter = DeadLetterFactory.givenUp(row, envelope, task, end, firstStart, time.wallTime());
        return new Ending.Park(letter, envelope.encode(), onGivenUp.map(given -> given.apply(data)));
    }

    private Ending parked(CallRow row, Envelope envelope, UnreadableDataException damaged) {
        return new Ending.Park(
                DeadLetterFactory.parked(row, envelope, "unreadable data", FailureText.of(damaged), time.wallTime()),
                envelope.encode(),
                Optional.empty());
    }

    /** Records the facts of an attempt beside its result. */
    private static final class Recorded {

        private AttemptBody.Row row = AttemptBody.Row.REMAINS;
        private @Nullable Throwable failure;

        /** An attempt that is interrupted since its instance is stopped is lost; it is no failure of the call. */
        Boolean of(Body body, BooleanSupplier stopping) throws Exception {
            row = AttemptBody.Row.REMAINS;
            try {
                row = body.run();
                // Not null, which a policy may retry as a result.
                return row != AttemptBody.Row.REMAINS;
            } catch (Throwable error) {
                boolean flag = Thread.currentThread().isInterrupted();
                if (stopping.getAsBoolean() && new Outcome.Failure<>(error, flag).isInterruption()) {
                    // The attempt has ended, and what follows must not be interrupted.
                    Thread.interrupted();
                    failure = new LostAttemptException("the attempt was interrupted because its instance was stopped");
                    throw (LostAttemptException) failure;
                }
                failure = error;
                throw error;
            }
        }

        /** The failure of an attempt that another instance has not ended. */
        Throwable lost(int number) {
            failure = new LostAttemptException("attempt " + number
                    + " was not ended by the instance that ran it, which was killed or was cut off from the database");
            return failure;
        }

        Optional<String> text() {
            return failure == null ? Optional.empty() : Optional.of(FailureText.of(failure));
        }
    }

    @FunctionalInterface
    private interface Body {
        AttemptBody.Row run() throws Exception;
    }
}
