package dev.respite.torture.durable;

import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EffectRunner;
import dev.respite.durable.StoreException;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.torture.cluster.Breakpoints;
import dev.respite.torture.cluster.ConnectionPool;
import dev.respite.torture.cluster.LocalServer;
import dev.respite.torture.durable.DurableOrder.Kind;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** One worker process: it accepts orders by HTTP, and runs durable calls. It ends with its parent process. */
final class DurableWorker {

    /** After four of them an attempt counts as lost. Short, so that calls are taken over during the run. */
    private static final Duration HEARTBEAT = Duration.ofMillis(200);

    /** The time after which another instance has noticed a paused one. */
    static final Duration TAKEOVER = HEARTBEAT.multipliedBy(5);

    private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
    private static final Duration STOP_WAIT = Duration.ofMillis(500);

    /** A call that only the newer deployment can read is left to that eight times, so each time for two seconds. */
    private static final Duration UNKNOWN_AFTER = Duration.ofSeconds(16);

    private static final int THREADS = 4;

    /** Limits that calls reach now and then. */
    private static final double MAX_TRANSFERS_A_SECOND = 20;

    private static final int MAX_PAYMENTS = 2;
    private static final int MAX_CONCURRENT_REQUESTS = 8;
    private static final Duration RETRY_AFTER = Duration.ofMillis(100);

    private DurableWorker() {}

    /**
     * Runs the worker.
     *
     * @param args the deployment, the sabotage or an empty text, the URI of the payment bank, the URL of the database, and whether its
     *     pool has auto-commit on
     * @throws IOException if no port is available
     */
    public static void main(String[] args) throws IOException {
        Breakpoints breakpoints = Breakpoints.ofThisProcess();
        Deployment deployment = Deployment.valueOf(args[0]);
        Optional<DurableSabotage> sabotage =
                args[1].isEmpty() ? Optional.empty() : Optional.of(DurableSabotage.valueOf(args[1]));
        OrderHandlers handlers = new OrderHandlers(URI.create(args[2]), breakpoints);
        String url = sabotage.map(protection -> protection.url(args[3])).orElse(args[3]);
        DataSource connections =
                WatchedDataSource.of(ConnectionPool.of(url, Boolean.parseBoolean(args[4])), breakpoints);
        DataSource dataSource =
                sabotage.map(protection -> protection.connections(connections)).orElse(connections);

        DurableRetry durable = started(dataSource, deployment, handlers, sabotage);
        // A deployment stops its predecessor in order.
        Runtime.getRuntime().addShutdownHook(new Thread(durable::close, "stop"));
        Orders orders = new Orders(
                dataSource,
                durable.queue(),
                deployment,
                sabotage.filter(DurableSabotage.NO_SEQUENCE::equals).isEmpty(),
                breakpoints);
        LocalServer.startWorker(DurableOrder.PATH, MAX_CONCURRENT_REQUESTS, orders::accept);
    }

    /** Waits for the database, which may be down. */
    private static DurableRetry started(
            DataSource dataSource, Deployment deployment, OrderHandlers handlers, Optional<DurableSabotage> sabotage) {
        while (true) {
            try {
                DurableRetry durable = durable(dataSource, deployment, handlers, sabotage);
                durable.start();
                return durable;
            } catch (StoreException | StoreUnavailableException down) {
                System.err.println("the database is not available: " + down.getCause());
                LockSupport.parkNanos(RETRY_AFTER.toNanos());
            }
        }
    }

    private static DurableRetry durable(
            DataSource dataSource, Deployment deployment, OrderHandlers handlers, Optional<DurableSabotage> sabotage) {
        EffectRunner runner = EffectRunner.of(dataSource);
        EffectRunner plain =
                sabotage.map(protection -> protection.apply(runner, dataSource)).orElse(runner);
        DurableTask<DurableOrder> transfer =
                deployment.task(Kind.TRANSFER.task()).withMaxRate(MAX_TRANSFERS_A_SECOND);
        DurableTask<DurableOrder> keyed = deployment.task(Kind.KEYED.task());
        DurableTask<DurableOrder> payment = deployment.task(Kind.PAYMENT.task()).withMaxConcurrentCalls(MAX_PAYMENTS);
        DurableTask<DurableOrder> sequenced = deployment.task(Kind.SEQUENCED.task());
        DurableTask<DurableOrder> committing = deployment.task(Kind.COMMITTING.task());
        DurableTask<DurableOrder> rollingBack = deployment.task(Kind.ROLLING_BACK.task());
        DurableTask<DurableOrder> ignoring = deployment.task(Kind.IGNORING.task());
        return DurableRetry.builder(dataSource)
                .threads(THREADS)
                .pollInterval(POLL_INTERVAL)
                .heartbeat(HEARTBEAT)
                .stopWait(STOP_WAIT)
                .parkUnknownTasksAfter(UNKNOWN_AFTER)
                .effects(handlers.effects(dataSource, plain))
                .effect(transfer, deployment.retry(""), handlers::transfer)
                .effect(keyed, deployment.retry(""), handlers::transfer)
                .effect(sequenced, deployment.retry(""), handlers::transferInTurn)
                .effect(committing, deployment.retry(""), handlers::commit)
                .effect(rollingBack, deployment.retry(""), handlers::rollBack)
                .effect(ignoring, deployment.retry(""), handlers::ignoreFailures)
                .call(payment, deployment.retry(" retry-on=java.io.IOException"), handlers::pay, handlers::settle)
                .onGivenUp(transfer, handlers::givenUp)
                .onGivenUp(committing, handlers::givenUp)
                .onGivenUp(rollingBack, handlers::givenUp)
                .onGivenUp(ignoring, handlers::givenUp)
                .onGivenUp(payment, handlers::givenUp)
                .build();
    }
}
