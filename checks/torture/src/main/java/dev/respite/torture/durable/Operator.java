package dev.respite.torture.durable;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.PendingCall;
import dev.respite.durable.PendingCalls;
import dev.respite.durable.StoreException;
import dev.respite.torture.cluster.ConnectionPool;
import dev.respite.torture.cluster.DaemonThreads;
import dev.respite.torture.cluster.StoreServer;
import dev.respite.torture.durable.DurableOrder.Kind;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** Replays the dead letters that hold up a sequence and cancels some calls, several times a second. */
final class Operator {

    private static final long PAUSE_MILLIS = 200;
    private static final DeadLetter.Filter SEQUENCED = DeadLetter.Filter.all().withTask(Kind.SEQUENCED.task());

    private Operator() {}

    static void start(StoreServer database, PrintStream progress) {
        DaemonThreads.repeat("operator", PAUSE_MILLIS, () -> replay(database, progress));
    }

    /** Works until the database is down. It may come back with another port. */
    private static void replay(StoreServer database, PrintStream progress) {
        try (HikariDataSource dataSource = ConnectionPool.of(database.url())) {
            DeadLetters letters = DeadLetters.of(dataSource);
            PendingCalls calls = PendingCalls.of(dataSource);
            while (true) {
                for (DeadLetter letter : letters.list(SEQUENCED)) {
                    if (letter.state() != DeadLetter.State.CANCELLED) {
                        letters.replay(letter.letterId());
                    }
                }
                cancel(calls);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (StoreException down) {
            // It is tried again.
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException unexpected) {
            progress.println("torture: the operator has failed: " + unexpected);
        }
    }

    private static void cancel(PendingCalls calls) {
        for (PendingCall call : calls.list(PendingCall.Filter.all().withLimit(1_000))) {
            if (call.state() != PendingCall.State.RUNNING
                    && DurableOrder.isCancelled(
                            DurableOrder.numberOf(call.call().key()))) {
                PendingCalls.Change unused = calls.cancel(call.task(), call.id());
            }
        }
    }
}
