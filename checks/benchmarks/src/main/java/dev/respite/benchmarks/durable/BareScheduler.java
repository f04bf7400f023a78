package dev.respite.benchmarks.durable;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/** db-scheduler by itself, with data of the same size. An effect has a transaction of its own, before the task's row is removed. */
final class BareScheduler implements Contender {

    /** Multiples of the threads between which the number of picked rows is kept: db-scheduler's own. */
    private static final double LOWER_LIMIT = 0.5;

    private static final double UPPER_LIMIT = 1;

    static final String LABEL = "db-scheduler";

    private static final byte[] DATA = new byte[64];

    private final DataSource dataSource;
    private final Workload workload;

    BareScheduler(DataSource dataSource, Workload workload) {
        this.dataSource = dataSource;
        this.workload = workload;
    }

    @Override
    public String label() {
        return LABEL;
    }

    @Override
    public String table() {
        return "bare_task";
    }

    @Override
    public void load(int tasks) {
        Instant due = Instant.now();
        OneTimeTask<byte[]> task = task(new CountDownLatch(0));
        List<TaskInstance<?>> instances = IntStream.range(0, tasks)
                .<TaskInstance<?>>mapToObj(i -> task.instance("task-" + i, DATA))
                .toList();
        scheduler(task).scheduleBatch(instances, due);
    }

    @Override
    public AutoCloseable start(CountDownLatch left) {
        Scheduler scheduler = scheduler(task(left));
        scheduler.start();
        return scheduler::stop;
    }

    private OneTimeTask<byte[]> task(CountDownLatch left) {
        return Tasks.oneTime("bench", byte[].class).onFailureRetryLater().execute((instance, context) -> {
            try {
                run(instance.getId());
            } finally {
                left.countDown();
            }
        });
    }

    private void run(String id) {
        if (workload == Workload.FAILS) {
            throw Rig.failure();
        }
        if (workload == Workload.EFFECT) {
            try (Connection connection = dataSource.getConnection()) {
                Rig.effect(connection, id);
            } catch (SQLException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }

    private Scheduler scheduler(OneTimeTask<byte[]> task) {
        return Scheduler.create(dataSource, task)
                .tableName(table())
                .threads(Rig.THREADS)
                .pollingInterval(Rig.POLL)
                // One statement picks the rows, as in Respite. By default db-scheduler selects them, and picks each by
                // one more.
                .pollUsingLockAndFetch(LOWER_LIMIT, UPPER_LIMIT)
                .heartbeatInterval(Rig.HEARTBEAT)
                .failureLogging(LogLevel.OFF, false)
                .shutdownMaxWait(Duration.ofSeconds(10))
                .enableImmediateExecution()
                .build();
    }
}
