package dev.respite.benchmarks.durable;

import dev.respite.Retry;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableRetryBuilder;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.durable.TaskQueue;
import dev.respite.durable.idempotency.IdempotentEffects;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.policy.RetryPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/** Respite's durable calls, with or without a record of each key. */
final class RespiteDurable implements Contender {

    private static final byte[] DATA = new byte[64];

    /** A retry comes long after the slice. */
    private static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=9 base-delay=1h max-delay=2h total-timeout=7d");

    private final DataSource dataSource;
    private final Workload workload;
    private final boolean isRecorded;
    private final DurableTask<byte[]> task = DurableTask.of("bench", DataCodec.bytes());

    RespiteDurable(DataSource dataSource, Workload workload, boolean isRecorded) {
        this.dataSource = dataSource;
        this.workload = workload;
        this.isRecorded = isRecorded;
    }

    @Override
    public String label() {
        return isRecorded ? "respite, with a record of the key" : "respite";
    }

    @Override
    public String table() {
        return "respite_task";
    }

    @Override
    public void load(int tasks) throws SQLException {
        TaskQueue queue = TaskQueue.of(dataSource);
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            for (int i = 0; i < tasks; i++) {
                queue.enqueue(connection, task, DATA, EnqueueOptions.defaults());
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public AutoCloseable start(CountDownLatch left) {
        Retry retry = Retry.of(POLICY);
        DurableRetryBuilder builder = DurableRetry.builder(dataSource)
                .threads(Rig.THREADS)
                .pollInterval(Rig.POLL)
                .heartbeat(Rig.HEARTBEAT)
                .stopWait(Duration.ofSeconds(10));
        if (isRecorded) {
            builder.effects(IdempotentEffects.of(TransactionalIdempotency.of(dataSource), Scope.of("bench")));
        }
        if (workload == Workload.EFFECT) {
            builder.effect(task, retry, (connection, data, context) -> {
                Rig.effect(connection, context.id());
                left.countDown();
            });
        } else {
            builder.task(task, retry, (data, context) -> {
                left.countDown();
                if (workload == Workload.FAILS) {
                    throw Rig.failure();
                }
            });
        }
        DurableRetry durable = builder.build();
        durable.start();
        return durable;
    }
}
