package dev.respite.durable;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.postgresql.ds.PGSimpleDataSource;

/** A process with a small heap: it lists dead letters, or runs a number of calls with much data. */
final class SmallHeapWorker {

    static final DurableTask<byte[]> LARGE = DurableTask.of("large").withMaxDataBytes(8 << 20);

    private SmallHeapWorker() {}

    /** Arguments: the URL, and the number of calls to run; 0 lists the dead letters. */
    public static void main(String[] arguments) throws Exception {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(arguments[0]);
        dataSource.setUser("postgres");
        int number = Integer.parseInt(arguments[1]);
        if (number == 0) {
            int listed = DeadLetters.of(dataSource)
                    .list(DeadLetter.Filter.all().withLimit(1_000))
                    .size();
            System.out.println(listed + " letters");
            return;
        }
        CountDownLatch left = new CountDownLatch(number);
        Retry retry =
                Retry.of(RetryPolicy.parse("max-attempts=3 base-delay=1ms max-delay=10ms total-timeout=1d budget=off"));
        try (DurableRetry durable = DurableRetry.builder(dataSource)
                .threads(2)
                .pollInterval(Duration.ofMillis(50))
                .heartbeat(Duration.ofMillis(500))
                .task(LARGE, retry, (data, context) -> left.countDown())
                .build()) {
            durable.start();
            left.await();
        }
        System.out.println(number + " calls");
    }
}
