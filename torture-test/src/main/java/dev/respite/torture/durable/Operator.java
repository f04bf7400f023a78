package dev.respite.torture.durable;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.StoreException;
import dev.respite.torture.durable.DurableOrder.Kind;
import dev.respite.torture.process.DaemonThreads;
import dev.respite.torture.store.ConnectionPool;
import dev.respite.torture.store.DatabaseServer;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Replays the dead letters that hold up a sequence, several times a second. */
final class Operator {

    private static final long INTERVAL_MILLIS = 200;
    private static final DeadLetters.Filter SEQUENCED = DeadLetters.Filter.all().withTask(Kind.SEQUENCED.task());

    private final DataSource dataSource;
    private final PrintStream progress;

    private Operator(DataSource dataSource, PrintStream progress) {
        this.dataSource = dataSource;
        this.progress = progress;
    }

    static void start(DatabaseServer database, PrintStream progress) {
        Operator operator = new Operator(ConnectionPool.of(database.url(database.port())), progress);
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
                } catch (RuntimeException unexpected) {
                    progress.println("torture: dead letters could not be replayed: " + unexpected);
                }
                TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
