package com.example;

import dev.respite.Retry;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.jdbc.TransactionRetry;
import dev.respite.policy.RetryPolicy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Handles each record once, and keeps the order of the records of a key. A record that cannot be handled now becomes a durable call. Safe for
 * use by any number of threads.
 */
public final class Inbox {

    /** The end of a record in this consumer. */
    public enum Result {
        /** Its effect is committed. */
        HANDLED,
        /** It is a durable call. */
        ENQUEUED,
        /** It was handled or enqueued before: it is redelivered, or this consumer has lost its partition. */
        KNOWN
    }

    /**
     * For a database that is away, and for the sessions that PostgreSQL ends (25P03) since this process was frozen in a transaction. The
     * time is shorter than {@code max.poll.interval.ms}.
     */
    private static final RetryPolicy STORING = RetryPolicy.parse("max-attempts=unlimited base-delay=100ms max-delay=5s"
            + " total-timeout=2m retry-on=sqlstate:25P03 budget=off acknowledge=no-budget");

    private final TransactionRetry once;
    private final TransactionRetry storing;
    private final DurableRetry durable;
    private final DurableTask<Received> task;
    private final RecordHandler handler;

    public Inbox(DataSource dataSource, DurableRetry durable, DurableTask<Received> task, RecordHandler handler) {
        this.once = TransactionRetry.of(Retry.of(RetryPolicy.parse("max-attempts=1")), dataSource);
        // The position makes a repetition harmless.
        this.storing = TransactionRetry.of(Retry.of(STORING), dataSource).withIdempotentWork();
        this.durable = durable;
        this.task = task;
        this.handler = handler;
    }

    /**
     * Handles or enqueues a record. Its offset may be committed after that.
     *
     * @throws SQLException if the database is away: the offset must not be committed
     */
    public Result accept(Received record) throws SQLException {
        try {
            return once.call(connection -> {
                if (!advance(connection, record)) {
                    return Result.KNOWN;
                }
                if (hasEarlier(connection, record)) {
                    return enqueue(connection, record);
                }
                handler.handle(connection, record, record.id());
                return Result.HANDLED;
            });
        } catch (Exception notNow) {
            // Everything is rolled back, or the commit had no reply: then the position shows its outcome.
            return storing.call(connection -> advance(connection, record) ? enqueue(connection, record) : Result.KNOWN);
        }
    }

    /**
     * Moves the position of the partition behind the record. The row is locked until the end of the transaction: another consumer of
     * the partition waits here, and then finds the record known.
     *
     * @return false if the record is known
     */
    private static boolean advance(Connection connection, Received record) throws SQLException {
        try (PreparedStatement sql = connection.prepareStatement("""
                INSERT INTO kafka_position AS known VALUES (?, ?, ?, ?)
                ON CONFLICT (consumer_group, topic_id, partition_number)
                DO UPDATE SET next_offset = EXCLUDED.next_offset WHERE known.next_offset < EXCLUDED.next_offset""")) {
            sql.setString(1, record.group());
            sql.setString(2, record.topicId());
            sql.setInt(3, record.partition());
            sql.setLong(4, record.offset() + 1);
            return sql.executeUpdate() == 1;
        }
    }

    /**
     * Returns whether an earlier record of the key is a call that has not ended, or a dead letter. It is a statement of its own: its
     * snapshot is taken after the lock. It reads both tables at once, between which calls move.
     */
    private static boolean hasEarlier(Connection connection, Received record) throws SQLException {
        if (record.sequence().isEmpty()) {
            return false;
        }
        String sequence = record.sequence().get();
        try (PreparedStatement sql = connection.prepareStatement("""
                SELECT EXISTS (SELECT 1 FROM respite_task WHERE call_sequence = ?)
                    OR EXISTS (SELECT 1 FROM respite_dead_letter WHERE call_sequence = ?)""")) {
            sql.setString(1, sequence);
            sql.setString(2, sequence);
            try (ResultSet row = sql.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }

    private Result enqueue(Connection connection, Received record) throws SQLException {
        EnqueueOptions options = EnqueueOptions.defaults().withId(record.id()).withKey(record.id());
        durable.queue()
                .enqueueIfAbsent(
                        connection,
                        task,
                        record,
                        record.sequence().map(options::withSequence).orElse(options));
        return Result.ENQUEUED;
    }
}
