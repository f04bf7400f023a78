package dev.respite.durable;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.logging.FailureText;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * The turns of calls that are made one after the other. A call whose turn has not come is put back when it is picked; the end of
 * the call before it makes it due. The two lock the row of the earlier call, so that no call is put back while the earlier one
 * ends.
 */
final class Sequences {

    /** A call that waits is made due by the one before it. This is for rows that were deleted by hand. */
    private static final Duration RECHECK = Duration.ofMinutes(10);

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

    /** The result of a look at the earlier calls. */
    private enum Turn {
        HAS_COME,
        /** Or another instance has taken the call over. */
        WAITS,
        /** The earlier call has ended, was moved in between, or is locked. */
        UNCLEAR
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
            Turn turn = database.transaction(connection -> turn(connection, row, envelope, sequence));
            if (turn != Turn.UNCLEAR) {
                return turn == Turn.WAITS;
            }
        }
        return database.transaction(connection -> {
            rows.putBack(connection, row, envelope, EnqueueOptions.later(time.wallTime(), SOON));
            return true;
        });
    }

    private Turn turn(Connection connection, CallRow row, Envelope envelope, String sequence) throws SQLException {
        Optional<SequenceStatements.Own> own = rows.own(connection, row);
        if (own.isEmpty()) {
            return Turn.WAITS;
        }
        Optional<SequenceStatements.First> earlier =
                rows.firstBefore(connection, own.get().position(), sequence);
        if (earlier.isEmpty()) {
            if (own.get().waits()) {
                rows.begin(connection, row);
            }
            return Turn.HAS_COME;
        }
        if (!rows.lock(connection, earlier.get())) {
            return Turn.UNCLEAR;
        }
        rows.putBack(connection, row, envelope, EnqueueOptions.later(time.wallTime(), RECHECK));
        return Turn.WAITS;
    }

    /** Returns the mark of an effect of a call, which has to be removed before its row. */
    EffectMark mark(CallRow row) {
        return new EffectMark(database, row);
    }

    /** Removes the row of a call that has ended, and makes the next of its sequence due. */
    void end(Connection connection, CallRow row, Optional<String> sequence) throws SQLException {
        calls.remove(connection, row);
        next(connection, sequence);
    }

    /**
     * Makes the first of a sequence due in the transaction in which the one before has ended, if it was put back. A row that is
     * locked at this moment is passed over, and made due {@linkplain #nextAfterCommit after the commit}. The row is locked, so that
     * MariaDB shows it as it is, and not as it was when the transaction began.
     */
    void next(Connection connection, Optional<String> sequence) throws SQLException {
        if (sequence.isPresent()) {
            rows.wake(connection, rows.first(connection, sequence.get(), " FOR UPDATE SKIP LOCKED"), time.wallTime());
        }
    }

    /** Makes the first of a sequence due, if it was put back while the one before ended. Otherwise it looks again by itself, late. */
    void nextAfterCommit(Optional<String> sequence) {
        if (sequence.isEmpty()) {
            return;
        }
        try {
            BackgroundWrites.RETRY.run(() -> database.transaction(connection -> {
                rows.wake(connection, rows.first(connection, sequence.get(), ""), time.wallTime());
                return true;
            }));
        } catch (SQLException failure) {
            LOGGER.log(
                    WARNING,
                    "the next call of sequence '" + sequence.get() + "' could not be made due; it looks again within "
                            + RECHECK,
                    FailureText.loggable(failure));
        }
    }
}
