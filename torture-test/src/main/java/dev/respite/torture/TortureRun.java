package dev.respite.torture;

import dev.respite.torture.Bank.LedgerSnapshot;
import dev.respite.torture.FaultInjector.ProxiedStore;
import dev.respite.torture.StoreKind.Stores;
import dev.respite.torture.sabotage.Sabotage;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One run: starts stores, workers, load and fault injection, then checks consistency. */
final class TortureRun implements Closeable {

    private static final int WORKERS = 3;
    private static final Duration MAX_START = Duration.ofSeconds(30);

    /** The limit for everything but the load. What the start does not use of it is available to the end. */
    private static final Duration MAX_START_AND_END = Duration.ofSeconds(25);

    private static final Duration MIN_DRAIN = Duration.ofSeconds(5);
    private static final Duration REPEAT_TIME = Duration.ofSeconds(3);
    private static final Duration CHECK_TIME = Duration.ofSeconds(5);
    private static final long PROGRESS_MILLIS = 5_000;

    private final Path home;
    private final PrintStream progress;
    private final Deque<Closeable> open = new ArrayDeque<>();
    private final FaultCounts faults = new FaultCounts();

    /**
     * Creates a run.
     *
     * @param home the directory for data and logs
     * @param progress receives progress messages
     */
    TortureRun(Path home, PrintStream progress) {
        this.home = home;
        this.progress = progress;
    }

    /** The result of a run. */
    record Result(ConsistencyResult consistency, FaultCounts faults) {}

    Result run(TortureConfig config) throws IOException, InterruptedException, SQLException {
        RunDeadline end = RunDeadline.in(config.time().plus(MAX_START_AND_END));
        Stores stores = config.store().start(home, config.installed());
        stores.all().forEach(open::push);
        LedgerSnapshot before = openBank(stores);
        List<ProxiedStore> proxied = proxied(stores);
        List<WorkerHandle> workers = startWorkers(config, proxied);

        TransferClient clients = new TransferClient(
                workers.stream().map(WorkerHandle::uri).toList(), config.mode().unknownIsFinal());
        LoadGenerator load = new LoadGenerator(clients, config);
        RunDeadline underLoad = RunDeadline.in(config.time());
        RunDeadline drain = end.earlier(CHECK_TIME.plus(REPEAT_TIME)).orAtLeast(underLoad.later(MIN_DRAIN));
        load.start(underLoad, drain);
        reportProgress(load, underLoad);
        new FaultInjector(workers, proxied, config, faults).injectUntil(underLoad);
        if (!load.isDrained(drain)) {
            progress.println("torture: some transfers got no definite response in time");
        }
        // Checked before the transfers are sent again: that would run a transfer that was acknowledged and is missing,
        // and
        // hide the fault.
        Set<Integer> missing = missing(stores.bank(), load.outcomes());
        load.repeat(REPEAT_TIME);

        for (WorkerHandle worker : workers) {
            worker.kill();
        }
        // An acknowledged transfer must survive this restart too. It also ends the transactions of the killed workers.
        stores.bank().stop();
        stores.bank().restart();
        try (Connection connection = connect(stores.bank())) {
            return new Result(
                    ConsistencyResult.of(load.outcomes(), before, Bank.snapshot(connection), missing), faults);
        }
    }

    private static Set<Integer> missing(DatabaseServer bank, Collection<TransferOutcome> outcomes) throws SQLException {
        Set<Integer> acknowledged = ConsistencyResult.acknowledged(outcomes);
        try (Connection connection = connect(bank)) {
            acknowledged.removeAll(Bank.snapshot(connection).rows().keySet());
        }
        return acknowledged;
    }

    private static LedgerSnapshot openBank(Stores stores) throws SQLException, IOException {
        DatabaseServer bank = stores.bank();
        String script = "/db/respite/" + bank.dialect() + "/V1__respite_idempotency.sql";
        try (Connection connection = connect(bank);
                Statement statement = connection.createStatement();
                InputStream tables = TortureRun.class.getResourceAsStream(script)) {
            if (tables == null) {
                throw new IOException(script + " is not on the class path");
            }
            statement.execute(new String(tables.readAllBytes(), StandardCharsets.UTF_8));
            Bank.open(connection);
            return Bank.snapshot(connection);
        }
    }

    private static Connection connect(DatabaseServer bank) throws SQLException {
        return DriverManager.getConnection(bank.url(bank.port()));
    }

    /** Opens a proxy for each pair of worker and store, so that the connections of one worker can be reset alone. */
    private List<ProxiedStore> proxied(Stores stores) throws IOException {
        List<ProxiedStore> proxied = new ArrayList<>();
        for (StoreServer server : stores.all()) {
            List<TcpProxy> proxies = new ArrayList<>();
            for (int index = 0; index < WORKERS; index++) {
                TcpProxy proxy = TcpProxy.open("store-proxy");
                open.push(proxy);
                proxy.forwardTo(server.port());
                proxies.add(proxy);
            }
            proxied.add(new ProxiedStore(server, proxies));
        }
        return proxied;
    }

    private List<WorkerHandle> startWorkers(TortureConfig config, List<ProxiedStore> proxied)
            throws IOException, InterruptedException {
        List<WorkerHandle> workers = new ArrayList<>();
        for (int index = 0; index < WORKERS; index++) {
            List<String> args = new ArrayList<>(List.of(
                    config.mode().name(), config.sabotage().map(Sabotage::name).orElse("")));
            for (ProxiedStore store : proxied) {
                args.add(store.server().url(store.proxies().get(index).port()));
            }
            WorkerHandle worker = WorkerHandle.start(args, home.resolve("worker-" + index + ".log"));
            open.push(worker);
            workers.add(worker);
        }
        for (WorkerHandle worker : workers) {
            if (!worker.isReadyWithin(MAX_START)) {
                throw new IOException("a worker was not ready within " + MAX_START + "; its output is in " + home);
            }
        }
        return workers;
    }

    private void reportProgress(LoadGenerator load, RunDeadline deadline) {
        DaemonThreads.named("progress")
                .newThread(() -> {
                    try {
                        while (!deadline.isOver()) {
                            TimeUnit.MILLISECONDS.sleep(PROGRESS_MILLIS);
                            progress.println("torture: " + load.outcomes().size() + " transfers, " + faults);
                        }
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
    }

    /** Closes everything that was started, in reverse order. */
    @Override
    public void close() throws IOException {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
