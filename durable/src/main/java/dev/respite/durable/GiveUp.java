package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.CallStatements.LostRowException;
import dev.respite.outcome.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Moves calls to the dead letters. The handler of a call that is given up runs in the transaction of the move. If it fails, the
 * call is moved without it, and its dead letter is marked.
 */
final class GiveUp {

    /** More than any version of a row. */
    private static final long VERSIONS = 1L << 62;

    private final CallDatabase database;
    private final CallStatements calls;
    private final DeadLetterStatements letters;

    GiveUp(CallDatabase database) {
        this.database = database;
        this.calls = new CallStatements(database);
        this.letters = new DeadLetterStatements(database);
    }

    /**
     * The handler of a call that is given up, with the data of the call.
     *
     * @param effects runs its transaction
     * @param work the work of the handler
     * @param threads runs it, with a limit of time
     * @param attemptTimeout the limit of the attempts of its task; empty for none
     */
    record Handler(EffectRunner effects, Work work, HandlerThreads threads, Optional<Duration> attemptTimeout) {

        /** The work of a handler. */
        @FunctionalInterface
        interface Work {
            void run(Connection connection, DeadLetter letter, DurableContext context) throws Exception;
        }

        /** Runs an effect in a transaction of the runner. */
        private void run(DeadLetter letter, EffectRunner.Effect effect) throws Exception {
            threads.run(attemptTimeout, handler -> effects.run(context(letter), new byte[0], handler), effect);
        }

        private void work(Connection connection, DeadLetter letter) throws Exception {
            work.run(connection, letter, context(letter));
        }

        private static DurableContext context(DeadLetter letter) {
            Attempt last = new Attempt(Math.max(1, letter.attempts().count()), 0, 0);
            return new DurableContext(
                    letter.call().task(),
                    letter.call().id(),
                    letter.call().key(),
                    last,
                    letter.attempts().firstStart().orElse(letter.parkedAt()));
        }
    }

    /**
     * Moves a call that is being run, or was not picked, in one transaction.
     *
     * @return the dead letter as it was written
     * @throws LostRowException if its row was taken over
     */
    DeadLetter park(CallRow row, DeadLetter letter, byte[] envelope) throws SQLException {
        return database.transaction(connection -> {
            Optional<SequenceStatements.Place> place = calls.lock(connection, row);
            return move(connection, row, new DeadLetterStatements.Stored(letter, envelope, place));
        });
    }

    /**
     * Moves a call that was given up or paused. If it was given up, the work of its handler is done in the same transaction.
     *
     * @return the dead letter as it was written
     * @throws LostRowException if its row was taken over
     */
    DeadLetter park(CallRow row, DeadLetter letter, byte[] envelope, Handler handler) throws SQLException {
        boolean isCommitted = letter.state() == DeadLetter.State.PAUSED
                && database.transaction(connection -> EffectMark.isPresent(database, connection, row));
        DeadLetter ended = isCommitted ? DeadLetterFactory.withEndedTransaction(letter) : letter;
        return ended.state() == DeadLetter.State.DEAD
                ? giveUp(row, ended, envelope, handler)
                : park(row, ended, envelope);
    }

    private DeadLetter giveUp(CallRow row, DeadLetter letter, byte[] envelope, Handler handler) throws SQLException {
        EffectMark mark = new EffectMark(database, marked(row));
        AtomicReference<DeadLetter> written = new AtomicReference<>(letter);
        try {
            BackgroundWrites.RETRY.run(() -> {
                // A handler that has committed by itself has left a mark, before a failure here or in an instance that
                // was killed.
                mark.requireNone();
                handler.run(letter, connection -> {
                    // The row is not locked before, so that the heartbeat of this call can be written.
                    mark.run(connection, () -> handler.work(connection, letter));
                    Optional<SequenceStatements.Place> place = calls.lock(connection, row);
                    written.set(move(connection, row, new DeadLetterStatements.Stored(letter, envelope, place)));
                });
            });
            return written.get();
        } catch (LostRowException takenOver) {
            throw takenOver;
        } catch (Throwable failure) {
            return park(row, DeadLetterFactory.withFailedHandler(letter, failure), envelope);
        }
    }

    /**
     * Moves a row that is locked, and removes the marks of its handlers. The dead letter keeps that they have committed by
     * themselves: the instance that has noticed it may have been killed, or this one may have another deployment.
     *
     * @return the dead letter as it was written
     */
    DeadLetter move(Connection connection, CallRow row, DeadLetterStatements.Stored moved) throws SQLException {
        DeadLetter letter = moved.letter();
        if (EffectMark.remove(database, connection, row)) {
            letter = DeadLetterFactory.withEndedTransaction(letter);
        }
        if (EffectMark.remove(database, connection, marked(row)) && !DeadLetterFactory.hasFailedHandler(letter)) {
            letter = DeadLetterFactory.withFailedHandler(letter, new EffectMark.EndedByHandlerException(null));
        }
        letters.insert(connection, new DeadLetterStatements.Stored(letter, moved.envelope(), moved.place()), row);
        calls.remove(connection, row);
        return letter;
    }

    /**
     * Marks a call that is put back, if the handler of an earlier row has committed by itself and the call was not given up then.
     * When it is given up, the handler does not run again unless an operator demands it.
     */
    static void markAgain(CallDatabase database, Connection connection, CallRow row, DeadLetter letter)
            throws SQLException {
        if (letter.state() != DeadLetter.State.DEAD && DeadLetterFactory.hasFailedHandler(letter)) {
            EffectMark.add(database, connection, marked(row));
        }
    }

    /** Returns the row of the marks of a handler: attempts have marks by the version of the row, which is below 2 to the 62. */
    private static CallRow marked(CallRow row) {
        return new CallRow(row.task(), row.id(), row.version() - VERSIONS);
    }

    /**
     * Runs the handler of a dead letter again, if it is still marked.
     *
     * @throws Exception the failure of the handler
     */
    void runAgain(DeadLetter letter, Handler handler) throws Exception {
        CallRow none = new CallRow(letter.call().task(), letter.call().id(), -VERSIONS - 1);
        EffectMark mark = new EffectMark(database, none);
        try {
            handler.run(letter, connection -> {
                if (letters.handlerRuns(connection, letter)) {
                    mark.run(connection, () -> handler.work(connection, letter));
                }
            });
        } catch (Throwable failure) {
            database.transaction(connection -> {
                EffectMark.remove(database, connection, none);
                return true;
            });
            throw failure;
        }
    }
}
