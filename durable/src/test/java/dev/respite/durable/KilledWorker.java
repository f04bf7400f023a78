package dev.respite.durable;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.postgresql.ds.PGSimpleDataSource;

/** A worker process with a task, which runs until it is killed. */
final class KilledWorker {

    static final DurableTask<String> TASK = DurableTask.of("payment", DataCodec.text());

    /** The behavior of the worker for a call of its task. */
    enum Work {
        /** Its first attempt fails, its second never ends, and later ones succeed. */
        EFFECT,
        /** Gives the call up. The handler of such calls does not end. */
        HANDLER_THAT_BLOCKS,
        /** Gives the call up. The handler of such calls commits and does not end. */
        HANDLER_THAT_COMMITS_AND_BLOCKS,
        /** Gives the call up, and has a handler for it. */
        HANDLER_THAT_RETURNS
    }

    private KilledWorker() {}

    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser("postgres");
        Path log = Path.of(arguments[1]);
        Work work = Work.valueOf(arguments[2]);
        DurableRetryBuilder builder = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(20))
                .heartbeat(Duration.ofMillis(250));
        if (work == Work.EFFECT) {
            String policy = "max-attempts=9 base-delay=600ms max-delay=2s jitter=equal total-timeout=1h budget=off";
            builder.effect(TASK, retry(policy), (connection, data, context) -> attempt(log, connection, data, context));
        } else {
            builder.task(TASK, retry("max-attempts=1 total-timeout=1h budget=off"), (data, context) -> {
                        throw new ConnectException("refused");
                    })
                    .onGivenUp(TASK, (connection, data, letter, context) -> giveUp(work, log, connection, data));
        }
        builder.build().start();
        new CountDownLatch(1).await();
    }

    private static Retry retry(String policy) {
        return Retry.of(RetryPolicy.parse(policy));
    }

    private static void attempt(Path log, Connection connection, String data, DurableContext context) throws Exception {
        TestStore.book(connection, data);
        int number = context.attempt().number();
        append(log, number + " " + context.key() + " " + Instant.now() + " " + context.firstStart());
        if (number == 1) {
            throw new ConnectException("refused");
        }
        if (number == 2) {
            new CountDownLatch(1).await();
        }
    }

    private static void giveUp(Work work, Path log, Connection connection, String data) throws Exception {
        TestStore.book(connection, data);
        if (work == Work.HANDLER_THAT_COMMITS_AND_BLOCKS) {
            connection.commit();
        }
        append(log, work.name());
        if (work != Work.HANDLER_THAT_RETURNS) {
            new CountDownLatch(1).await();
        }
    }

    private static void append(Path log, String line) throws Exception {
        Files.writeString(log, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
