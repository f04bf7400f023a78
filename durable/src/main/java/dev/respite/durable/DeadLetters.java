package dev.respite.durable;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import dev.respite.durable.Envelope.UnreadableDataException;
import dev.respite.logging.FailureText;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * The calls that were given up, are paused or cancelled, or could not be read: to list, show, edit, replay and discard. It needs the
 * database only, so an operator's tool can use it. Safe for use by any number of threads; every change is one transaction.
 *
 * <pre>{@code
 * DeadLetters letters = DeadLetters.of(dataSource);
 * for (DeadLetter letter : letters.list(DeadLetter.Filter.all().withTask("payment"))) {
 *     letters.replay(letter.letterId());
 * }
 * }</pre>
 */
public final class DeadLetters {

    /** The time between two purges. */
    static final Duration PURGE_INTERVAL = Duration.ofHours(1);

    private static final System.Logger LOGGER = System.getLogger("dev.respite.durable");

    private static final int PURGED_TOGETHER = 100;
    private static final double MAX_RATE = 1_000_000;
    private static final double NANOS_PER_SECOND = 1e9;

    private final CallDatabase database;
    private final TimeSource time;
    private final Sequences sequences;
    private final CallStatements calls;
    private final DeadLetterStatements rows;

    DeadLetters(CallDatabase database, Sequences sequences) {
        this.database = database;
        this.time = database.time();
        this.sequences = sequences;
        this.calls = new CallStatements(database);
        this.rows = new DeadLetterStatements(database);
    }

    /**
     * {@return the dead letters of a database, in the tables of the SQL file}
     *
     * @param dataSource the database
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     */
    public static DeadLetters of(DataSource dataSource) {
        return of(dataSource, DurableTables.defaults());
    }

    /**
     * {@return the dead letters of a database}
     *
     * @param dataSource the database
     * @param tables the names of the tables
     * @throws IllegalArgumentException if the database is not supported or lacks the tables
     */
    public static DeadLetters of(DataSource dataSource, DurableTables tables) {
        CallDatabase database = CallDatabase.of(dataSource, tables);
        return new DeadLetters(database, new Sequences(database));
    }

    /**
     * Lists entries, the oldest first.
     *
     * @param filter which
     * @return the first page
     */
    public List<DeadLetter> list(DeadLetter.Filter filter) {
        return list(filter, Optional.empty());
    }

    /**
     * Lists entries, the oldest first.
     *
     * @param filter which
     * @param last the last entry of the page before
     * @return the page after that entry
     */
    public List<DeadLetter> listAfter(DeadLetter.Filter filter, DeadLetter last) {
        return list(filter, Optional.of(last));
    }

    private List<DeadLetter> list(DeadLetter.Filter filter, Optional<DeadLetter> last) {
        return database.transaction(
                "the dead letters could not be listed", connection -> rows.list(connection, filter, last));
    }

    /**
     * Returns an entry.
     *
     * @param letterId its id
     * @return the entry; empty if there is none
     */
    public Optional<DeadLetter> find(String letterId) {
        return database.transaction(
                "a dead letter could not be read",
                connection -> rows.find(connection, letterId, false).map(DeadLetterStatements.Stored::letter));
    }

    /**
     * Returns the data of an entry, as the codec of its task has written it in the version of the entry.
     *
     * @param letterId its id
     * @return the bytes; empty if there is no entry, or its call has no data, since its row was not written by Respite
     */
    public Optional<byte[]> data(String letterId) {
        return database.transaction(
                "the data of a dead letter could not be read", connection -> rows.data(connection, letterId));
    }

    /**
     * Replaces the data of an entry. Its idempotency key stays: the other system may reject the new data, since it has the key with
     * the old data.
     *
     * @param letterId its id
     * @param data the data, in the version of the entry
     * @return whether there was such an entry
     * @throws IllegalStateException if the envelope of the entry cannot be read
     */
    public boolean edit(String letterId, byte[] data) {
        return edit(letterId, data, Envelope::key);
    }

    /**
     * Replaces the data of an entry and gives it a new idempotency key; only for a call of which no attempt has had an effect.
     *
     * @param letterId its id
     * @param data the data, in the version of the entry
     * @return whether there was such an entry
     * @throws IllegalStateException if the envelope of the entry cannot be read
     */
    public boolean editWithNewKey(String letterId, byte[] data) {
        return edit(letterId, data, old -> Envelope.newKey(time.wallTime()));
    }

    private boolean edit(String letterId, byte[] data, Function<Envelope, String> key) {
        return database.transaction("a dead letter could not be edited", connection -> {
            Optional<DeadLetterStatements.Stored> stored = rows.find(connection, letterId, true);
            if (stored.isEmpty()) {
                return false;
            }
            Envelope old = readable(stored.get());
            rows.update(connection, letterId, old.withKey(key.apply(old)), data);
            return true;
        });
    }

    /**
     * Puts a call back: it is due now, and begins anew with attempt 1. It keeps its id and its idempotency key. The entry is removed
     * in the same transaction.
     *
     * @param letterId the id of the entry
     * @return whether there was such an entry
     * @throws StoreException if another call of the same task and id has been enqueued since: end or discard one of the two
     */
    public boolean replay(String letterId) {
        return replay(letterId, time.wallTime());
    }

    private boolean replay(String letterId, Instant due) {
        return database.transaction(
                "a dead letter could not be replayed; if its task has a call with the same id, one of the two has to end"
                        + " first",
                connection -> {
                    Optional<DeadLetterStatements.Stored> stored = rows.find(connection, letterId, true);
                    if (stored.isEmpty()) {
                        return false;
                    }
                    DeadLetter letter = stored.get().letter();
                    CallStatements.CallRow row = calls.insert(
                            connection,
                            new CallStatements.Added(
                                    letter.call().task(),
                                    letter.call().id(),
                                    replayed(stored.get().envelope()),
                                    due,
                                    time.wallTime(),
                                    stored.get().place().or(() -> atTheEnd(stored.get()))),
                            letterId);
                    GiveUp.markAgain(database, connection, row, letter);
                    rows.delete(connection, letterId);
                    return true;
                });
    }

    /**
     * The entries that were changed together.
     *
     * @param changed the ids of those that were changed
     * @param skipped the ids of those that remain, since their task has another call with the same id
     */
    public record Changes(List<String> changed, List<String> skipped) {}

    /**
     * Puts back the calls of all entries that a filter selects, each as {@link #replay(String)} does. They are due one after the
     * other, the first one now. Entries that are made in the meantime remain.
     *
     * @param filter which; its limit is the number of entries that are read at a time
     * @param perSecond how many calls are due in a second, above 0, up to a million
     * @return the entries
     * @throws IllegalArgumentException if the rate is out of its range
     * @throws StoreException if the database has failed; the calls before are put back
     */
    public Changes replay(DeadLetter.Filter filter, double perSecond) {
        requireRate(perSecond, "");
        Instant start = time.wallTime();
        return change(filter, (id, before) -> replay(id, inTurn(start, before, perSecond)));
    }

    /** Returns the time of a call after a number of others. */
    static Instant inTurn(Instant start, long before, double perSecond) {
        return EnqueueOptions.later(start, Duration.ofNanos((long) (before * NANOS_PER_SECOND / perSecond)));
    }

    /** Rejects a rate that is not above 0, or above a million; the remedy ends the message. */
    static void requireRate(double perSecond, String remedy) {
        if (!(perSecond > 0 && perSecond <= MAX_RATE)) {
            throw new IllegalArgumentException(
                    perSecond + " calls a second: it must be above 0, up to " + (long) MAX_RATE + remedy);
        }
    }

    /**
     * Resumes the paused calls of a task, each as {@link #replay(String)} does. All are due now.
     *
     * @param task the name of the task
     * @return the entries
     * @throws StoreException if the database has failed; the calls before are resumed
     */
    public Changes resume(String task) {
        return replay(DeadLetter.Filter.all().withTask(task).withState(DeadLetter.State.PAUSED), MAX_RATE);
    }

    /**
     * Removes all entries permanently that a filter selects, each as {@link #discard(String)} does. Entries that are made in the
     * meantime remain.
     *
     * @param filter which; its limit is the number of entries that are read at a time
     * @return the entries
     * @throws StoreException if the database has failed; the entries before are removed
     */
    public Changes discard(DeadLetter.Filter filter) {
        return change(filter, (id, before) -> discard(id));
    }

    @FunctionalInterface
    private interface Change {
        /** Changes an entry after a number of others, and returns whether it existed. */
        boolean apply(String letterId, int before);
    }

    private Changes change(DeadLetter.Filter filter, Change change) {
        List<String> changed = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        // A call that fails again has a newer entry.
        Optional<Instant> newest = database.transaction(
                "the dead letters could not be listed", connection -> rows.newest(connection, filter));
        if (newest.isEmpty()) {
            return new Changes(changed, skipped);
        }
        DeadLetter.Filter bounded = filter.withParkedBefore(newest.get().plus(1, ChronoUnit.MICROS));
        List<DeadLetter> page = list(bounded);
        while (!page.isEmpty()) {
            for (DeadLetter letter : page) {
                try {
                    if (change.apply(letter.letterId(), changed.size())) {
                        changed.add(letter.letterId());
                    }
                } catch (StoreException failed) {
                    if (!isDuplicate(failed)) {
                        throw failed;
                    }
                    skipped.add(letter.letterId());
                }
            }
            page = listAfter(bounded, page.get(page.size() - 1));
        }
        return new Changes(changed, skipped);
    }

    /** Returns whether a row violates a constraint, by the class of the SQLState. */
    private static boolean isDuplicate(StoreException failed) {
        return failed.getCause() instanceof SQLException database
                && String.valueOf(database.getSQLState()).startsWith("23");
    }

    /**
     * Removes an entry permanently. If its call had its turn in a sequence, the next one is due.
     *
     * @param letterId its id
     * @return whether there was such an entry
     */
    public boolean discard(String letterId) {
        Optional<DeadLetterStatements.Stored> discarded =
                database.transaction("a dead letter could not be discarded", connection -> {
                    Optional<DeadLetterStatements.Stored> stored = rows.find(connection, letterId, true);
                    if (stored.isPresent()) {
                        rows.delete(connection, letterId);
                        boolean unused = sequences.next(connection, sequence(stored));
                    }
                    return stored;
                });
        sequence(discarded).ifPresent(sequences::nextAfterCommit);
        return discarded.isPresent();
    }

    private static Optional<String> sequence(Optional<DeadLetterStatements.Stored> stored) {
        return stored.flatMap(DeadLetterStatements.Stored::place).map(SequenceStatements.Place::sequence);
    }

    /**
     * Purges the entries that are older than a retention, in batches, and logs their number. The next purge includes entries that
     * were locked, and batches that failed.
     *
     * @param isStopping returns whether no further batch may begin
     */
    void purge(Duration retention, BooleanSupplier isStopping) {
        long purged = 0;
        try {
            int batch;
            do {
                batch = isStopping.getAsBoolean()
                        ? 0
                        : database.transaction(connection -> purgeBatch(connection, retention));
                purged += batch;
            } while (batch == PURGED_TOGETHER);
        } catch (SQLException | RuntimeException failure) {
            LOGGER.log(
                    WARNING,
                    "dead letters could not be purged; it is tried again in " + PURGE_INTERVAL,
                    FailureText.loggable(failure));
        }
        if (purged > 0) {
            LOGGER.log(INFO, "purged dead letters older than " + retention + ": " + purged);
        }
    }

    /** Removes nothing while the clock of the database may be wrong: a removal is permanent. */
    private int purgeBatch(Connection connection, Duration retention) throws SQLException {
        if (!database.isTimeSettled(connection) || !database.isTimePlausible()) {
            return 0;
        }
        List<String> expired = rows.lockExpired(connection, time.wallTime().minus(retention), PURGED_TOGETHER);
        for (String letterId : expired) {
            rows.delete(connection, letterId);
        }
        return expired.size();
    }

    /** A call that was cancelled has given up its place. */
    private static Optional<SequenceStatements.Place> atTheEnd(DeadLetterStatements.Stored stored) {
        return Optional.of(stored)
                .filter(each -> each.letter().state() == DeadLetter.State.CANCELLED)
                .flatMap(each -> readable(each).sequence())
                .map(SequenceStatements.Place::last);
    }

    /** An envelope that cannot be read is put back unchanged: another version of Respite may read it. */
    private static byte[] replayed(byte[] envelope) {
        return Envelope.readable(envelope).map(read -> read.replayed().encode()).orElse(envelope);
    }

    private static Envelope readable(DeadLetterStatements.Stored stored) {
        try {
            return Envelope.decode(stored.envelope());
        } catch (UnreadableDataException damaged) {
            throw new IllegalStateException(
                    "the data of dead letter " + stored.letter().letterId() + " cannot be edited: "
                            + damaged.getMessage() + "; discard it, and enqueue the call again",
                    damaged);
        }
    }
}
