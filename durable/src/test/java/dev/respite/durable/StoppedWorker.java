package dev.respite.durable;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.postgresql.ds.PGSimpleDataSource;

/** A worker process whose handlers wait for a file. */
final class StoppedWorker {

    private StoppedWorker() {}

    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser("postgres");
        Path log = Path.of(arguments[1]);
        Path goesOn = Path.of(log + ".continue");
        Retry retry = Retry.of(RetryPolicy.parse(
                "max-attempts=9 backoff=fixed base-delay=1h jitter=none budget=off total-timeout=9d"));
        DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(20))
                .heartbeat(Duration.ofMillis(50))
                .effect(DurableTask.of("effect", DataCodec.text()), retry, (connection, data, context) -> {
                    TestStore.book(connection, data + " " + context.attempt().number());
                    Files.writeString(log, data + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    Awaitility.await().until(() -> Files.exists(goesOn));
                })
                .build();
        durable.start();
        new CountDownLatch(1).await();
    }
}
