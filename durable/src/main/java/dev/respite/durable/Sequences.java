package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.logging.FailureText;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The turns of calls that are made one after the other. A call whose turn has not come is put back when it is picked, and is not
 * picked before the end of an earlier call wakes it. The two lock the row of the earlier call, so that no call is put back while
 * the earlier one ends.
 */
final class Sequences {

    /** The time between two looks for calls that nothing wakes, since a row was deleted by hand. */
    static final Duration RECHECK = Duration.ofMinutes(10);

    /** For a call whose earlier call is locked: it is being ended, or its connection has frozen. */
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final int MAX_LOOKS = 3;

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    private final CallDatabase database;
    private final TimeSource time;
    private final CallStatements calls;
    private final SequenceStatements rows;

    Sequences(CallDatabase database) {
        this.database = database;
        this.time = database.time();
        this.calls = new CallStatements(database);
        this.rows = new SequenceStatements(database);
    }

    /** Returns the time in which calls are due. */
    TimeSource time() {
        return time;
    }

    /**
     * Returns whether a call has to wait for its turn. Then its row was put back, or belongs to another instance.
     *
     * @throws StoreException if the database is away
     */
    boolean waits(CallRow row, Envelope envelope, String sequence) {
        try {
            return BackgroundWrites.RETRY.call(() -> waitsNow(row, envelope, sequence));
        } catch (SQLException failure) {
            throw new StoreException("the turn of a call could not be determined", failure);
        }
    }

    private boolean waitsNow(CallRow row, Envelope envelope, String sequence) throws SQLException {
        for (int look = 0; look < MAX_LOOKS; look++) {
            // A transaction each time: in one, MariaDB would return the earlier snapshot.
            SequenceStatements.Turn turn = database.dialect() == DurableDialect.POSTGRESQL
                    ? database.single(connection -> rows.look(connection, row, envelope, sequence))
                    : database.transaction(connection -> rows.look(connection, row, envelope, sequence));
            if (turn != SequenceStatements.Turn.UNCLEAR) {
                return turn != SequenceStatements.Turn.HAS_COME;
            }
        }
        return database.transaction(connection -> {
            Instant soon = EnqueueOptions.later(time.wallTime(), SOON);
            rows.putBack(connection, row, envelope, Optional.of(soon));
            return true;
        });
    }

    /** Returns the mark of an effect of a call, which has to be removed before its row. */
    EffectMark mark(CallRow row) {
        return new EffectMark(database, row);
    }

    /**
     * Removes the row of a call that has ended, and makes the next of its sequence due.
     *
     * @return whether the next one has to be looked for {@linkplain #nextAfterCommit after the commit}
     */
    boolean end(Connection connection, CallRow row, Optional<String> sequence) throws SQLException {
        calls.remove(connection, row);
        return next(connection, sequence);
    }

    /**
     * Makes the first of a sequence due in the transaction in which the one before has ended, if it was put back.
     *
     * @return whether the next one has to be looked for {@linkplain #nextAfterCommit after the commit}
     */
    boolean next(Connection connection, Optional<String> sequence) throws SQLException {
        return sequence.isPresent() && rows.wake(connection, sequence.get(), time.wallTime());
    }

    /** Makes the first of a sequence due, if it was put back while the one before ended. */
    void nextAfterCommit(String sequence) {
        try {
            BackgroundWrites.RETRY.run(() -> database.transaction(connection -> {
                rows.wakeLocked(connection, sequence, time.wallTime());
                return true;
            }));
        } catch (SQLException failure) {
            LOGGER.log(
                    WARNING,
                    "the next call of sequence '" + sequence + "' could not be made due; it is looked for again within "
                            + RECHECK,
                    FailureText.loggable(failure));
        }
    }

    /** Makes calls due that nothing wakes. */
    void wakeStuck() {
        try {
            database.transaction(rows::stuck).forEach(this::nextAfterCommit);
        } catch (SQLException | RuntimeException failure) {
            LOGGER.log(
                    WARNING,
                    "sequences without a first call could not be looked for; it is tried again in " + RECHECK,
                    FailureText.loggable(failure));
        }
    }
}
