package dev.respite.cli.records;

import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.cli.Cli;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableHandler;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableStats;
import dev.respite.durable.DurableTables;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EnqueueOptions;
import dev.respite.durable.PendingCall;
import dev.respite.durable.PendingCalls;
import dev.respite.durable.TaskQueue;
import dev.respite.policy.RetryPolicy;
import java.net.ConnectException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.h2.jdbcx.JdbcDataSource;

/** An H2 database in a file, whose dead letters are made by calls that give up. */
final class DeadLetterDatabase {

    static final DurableTask<String> PAYMENT = DurableTask.of("payment", DataCodec.text());
    static final DurableTask<String> MAIL =
            DurableTask.of("mail", DataCodec.text()).withPause();

    private final JdbcDataSource dataSource = new JdbcDataSource();
    private final String url;

    private DeadLetterDatabase(String url) {
        this.url = url;
        dataSource.setURL(url);
    }

    /** Creates the database with its tables in a file of this folder. */
    static DeadLetterDatabase create(Path folder) throws SQLException {
        DeadLetterDatabase database =
                new DeadLetterDatabase("jdbc:h2:" + folder.resolve("shop") + ";DB_CLOSE_DELAY=10");
        database.run("RUNSCRIPT FROM 'classpath:/db/respite_durable/h2/V1_1__respite_durable.sql'");
        return database;
    }

    void run(String sql) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Makes a dead letter of each call, in the order of the calls. */
    <T> List<DeadLetter> giveUp(DurableTask<T> task, List<T> calls) {
        try (DurableRetry durable = instance(task, (data, context) -> {
            throw new ConnectException("the provider is down");
        })) {
            durable.start();
            for (int i = 0; i < calls.size(); i++) {
                int before = letters().size();
                durable.queue()
                        .enqueue(task, calls.get(i), EnqueueOptions.defaults().withId(task.name() + "-" + i));
                await().until(() -> letters().size() > before);
            }
        }
        return letters().stream()
                .filter(letter -> letter.call().task().equals(task.name()))
                .toList();
    }

    /** Enqueues calls of a sequence, and makes a dead letter of the first. The others wait for it. */
    <T> DeadLetter giveUpFirstOfSequence(DurableTask<T> task, String sequence, List<T> calls) {
        calls.forEach(
                data -> queue().enqueue(task, data, EnqueueOptions.defaults().withSequence(sequence)));
        try (DurableRetry durable = instance(task, (data, context) -> {
            throw new ConnectException("the provider is down");
        })) {
            durable.start();
            // An instance finds out that a call waits when it picks that.
            PendingCall.Filter waiting = PendingCall.Filter.all().withState(PendingCall.State.IN_SEQUENCE);
            await().until(() -> letters().size() == 1
                    && PendingCalls.of(dataSource).list(waiting).size() == calls.size() - 1);
        }
        return letters().get(0);
    }

    /** Runs an instance whose handler succeeds until no call is left, and returns their data in order. */
    <T> List<T> finish(DurableTask<T> task) {
        List<T> made = new CopyOnWriteArrayList<>();
        try (DurableRetry durable = instance(task, (data, context) -> made.add(data))) {
            durable.start();
            await().until(() -> {
                DurableStats stats = queue().stats();
                return stats.due() + stats.running() + stats.scheduled() == 0;
            });
        }
        return List.copyOf(made);
    }

    private <T> DurableRetry instance(DurableTask<T> task, DurableHandler<T> handler) {
        return DurableRetry.builder(dataSource)
                .tables(DurableTables.defaults())
                .task(task, Retry.of(RetryPolicy.parse("max-attempts=1")), handler)
                .build();
    }

    List<DeadLetter> letters() {
        return DeadLetters.of(dataSource).list(DeadLetter.Filter.all());
    }

    Cli.Run durable(String command, String... more) {
        return Cli.run(args(command, more));
    }

    /** Runs a command for calls that have not ended. */
    Cli.Run call(String command, String... more) {
        return Cli.run(callArgs(command, more));
    }

    String[] args(String command, String... more) {
        return args(List.of("durable", command, "--url", url), more);
    }

    String[] callArgs(String command, String... more) {
        return args(List.of("durable", "call", command, "--url", url), more);
    }

    private static String[] args(List<String> command, String... more) {
        List<String> args = new ArrayList<>(command);
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    /** Enqueues a call whose first attempt fails, and returns when that has ended. The next one is due in an hour. */
    <T> void failOnce(DurableTask<T> task, T data, EnqueueOptions options) {
        Retry retry = Retry.of(RetryPolicy.parse(
                "max-attempts=3 backoff=fixed base-delay=1h jitter=none budget=off total-timeout=7d"));
        queue().enqueue(task, data, options);
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .task(task, retry, (ignored, context) -> {
                    throw new ConnectException("the provider is down");
                })
                .build()) {
            durable.start();
            await().until(() -> {
                DurableStats stats = queue().stats();
                return stats.due() + stats.running() == 0;
            });
        }
    }

    /** Runs code while a call of this task runs. */
    <T> void whileRunning(DurableTask<T> task, T data, EnqueueOptions options, Runnable code) {
        CountDownLatch ends = new CountDownLatch(1);
        try (DurableRetry durable = instance(task, (ignored, context) -> ends.await())) {
            durable.start();
            durable.queue().enqueue(task, data, options);
            await().until(() -> queue().stats().running() == 1);
            code.run();
            ends.countDown();
            await().until(() -> queue().stats().running() == 0);
        } finally {
            ends.countDown();
        }
    }

    String url() {
        return url;
    }

    TaskQueue queue() {
        return TaskQueue.of(dataSource);
    }

    long due() {
        return queue().stats().due();
    }
}
