package dev.respite.durable;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.postgresql.ds.PGSimpleDataSource;

/** A worker process: its first attempt fails, its second never ends, and later ones succeed. */
final class KilledWorker {

    static final DurableTask<String> TASK = DurableTask.of("payment", DataCodec.text());

    private KilledWorker() {}

    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser("postgres");
        Path log = Path.of(arguments[1]);
        Retry retry = Retry.of(RetryPolicy.parse(
                "max-attempts=9 base-delay=600ms max-delay=2s jitter=equal total-timeout=1h budget=off"));
        DurableRetry durable = DurableRetry.builder(dataSource)
                .pollInterval(Duration.ofMillis(20))
                .heartbeat(Duration.ofMillis(250))
                .effect(TASK, retry, (connection, data, context) -> {
                    TestStore.book(connection, data);
                    int number = context.attempt().number();
                    String line =
                            number + " " + context.key() + " " + Instant.now() + " " + context.firstStart() + "\n";
                    Files.writeString(log, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    if (number == 1) {
                        throw new ConnectException("refused");
                    }
                    if (number == 2) {
                        new CountDownLatch(1).await();
                    }
                })
                .build();
        durable.start();
        new CountDownLatch(1).await();
    }
}
