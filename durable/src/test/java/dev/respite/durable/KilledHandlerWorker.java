package dev.respite.durable;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.postgresql.ds.PGSimpleDataSource;

/** A worker process whose call is given up, and whose handler of such calls does not end. */
final class KilledHandlerWorker {

    static final DurableTask<String> TASK = DurableTask.of("payment", DataCodec.text());

    /** The behavior of the handler, in a process of its own each. */
    enum Behavior {
        BLOCKS,
        COMMITS_AND_BLOCKS,
        RETURNS
    }

    private KilledHandlerWorker() {}

    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser("postgres");
        Path log = Path.of(arguments[1]);
        Behavior behavior = Behavior.valueOf(arguments[2]);
        Retry retry = Retry.of(RetryPolicy.parse("max-attempts=1 total-timeout=1h budget=off"));
        DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(20))
                .heartbeat(Duration.ofMillis(250))
                .task(TASK, retry, (data, context) -> {
                    throw new ConnectException("refused");
                })
                .onGivenUp(TASK, (connection, data, letter, context) -> {
                    TestStore.book(connection, data);
                    if (behavior == Behavior.COMMITS_AND_BLOCKS) {
                        connection.commit();
                    }
                    Files.writeString(log, behavior + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    if (behavior != Behavior.RETURNS) {
                        new CountDownLatch(1).await();
                    }
                })
                .build();
        durable.start();
        new CountDownLatch(1).await();
    }
}
