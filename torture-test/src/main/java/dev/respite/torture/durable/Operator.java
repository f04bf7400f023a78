package dev.respite.torture.durable;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.StoreException;
import dev.respite.torture.durable.DurableOrder.Kind;
import dev.respite.torture.process.DaemonThreads;
import dev.respite.torture.store.ConnectionPool;
import dev.respite.torture.store.DatabaseServer;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Replays the dead letters that hold up a sequence, several times a second. */
final class Operator {

    private static final long INTERVAL_MILLIS = 200;
    private static final DeadLetters.Filter SEQUENCED = DeadLetters.Filter.all().withTask(Kind.SEQUENCED.task());

    private final DataSource dataSource;

    private Operator(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    static void start(DatabaseServer database) {
        Operator operator = new Operator(ConnectionPool.of(database.url(database.port())));
        DaemonThreads.named("operator").newThread(operator::work).start();
    }

    private void work() {
        try {
            while (true) {
                try {
                    DeadLetters letters = DeadLetters.of(dataSource);
                    for (DeadLetter letter : letters.list(SEQUENCED)) {
                        letters.replay(letter.letterId());
                    }
                } catch (StoreException down) {
                    // It is tried again.
                }
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
