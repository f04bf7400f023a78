package dev.respite.durable;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.durable.CallStatements.LostRowException;
import dev.respite.outcome.Attempt;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

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
     * @throws LostRowException if its row was taken over
     */
    void park(CallRow row, DeadLetter letter, byte[] envelope) throws SQLException {
        database.transaction(connection -> {
            Optional<SequenceStatements.Place> place = calls.lock(connection, row);
            move(connection, row, new DeadLetterStatements.Stored(letter, envelope, place));
            return true;
        });
    }

    /**
     * Moves a call that is given up, together with the work of its handler.
     *
     * @return the dead letter as it was written
     * @throws LostRowException if its row was taken over
     */
    DeadLetter park(CallRow row, DeadLetter letter, byte[] envelope, Handler handler) throws SQLException {
        EffectMark mark = new EffectMark(database, marked(row));
        try {
            BackgroundWrites.RETRY.run(() -> {
                // A handler that has committed by itself has left a mark, before a failure here or in an instance that
                // was killed.
                mark.requireNone();
                handler.run(letter, connection -> {
                    // The row is not locked before, so that the heartbeat of this call can be written.
                    mark.run(connection, () -> handler.work(connection, letter));
                    Optional<SequenceStatements.Place> place = calls.lock(connection, row);
                    move(connection, row, new DeadLetterStatements.Stored(letter, envelope, place));
                });
            });
            return letter;
        } catch (LostRowException takenOver) {
            throw takenOver;
        } catch (Throwable failure) {
            DeadLetter failed = DeadLetterFactory.withFailedHandler(letter, failure);
            park(row, failed, envelope);
            return failed;
        }
    }

    /** Moves a row that is locked. */
    void move(Connection connection, CallRow row, DeadLetterStatements.Stored moved) throws SQLException {
        letters.insert(connection, moved, row);
        EffectMark.remove(database, connection, row);
        EffectMark.remove(database, connection, marked(row));
        calls.remove(connection, row);
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
