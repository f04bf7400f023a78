package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.torture.bank.Bank;
import dev.respite.torture.bank.Bank.LedgerSnapshot;
import dev.respite.torture.durable.DurableResult.Sent;
import dev.respite.torture.durable.DurableResult.Stored;
import dev.respite.torture.fault.FaultCounts;
import dev.respite.torture.fault.FaultPlan;
import dev.respite.torture.fault.Step;
import dev.respite.torture.fault.WorkerFleet;
import dev.respite.torture.fault.WorkerHandle;
import dev.respite.torture.fault.WorkerHandle.Program;
import dev.respite.torture.process.RunDeadline;
import dev.respite.torture.sabotage.DurableSabotage;
import dev.respite.torture.store.DatabaseServer;
import dev.respite.torture.store.StoreKind.Stores;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One run of durable calls: starts the database, workers, load and fault injection, then checks what took place. */
public final class DurableRun {

    /** The limit for everything but the load. What the start does not use of it is available to the end. */
    private static final Duration MAX_START_AND_END = Duration.ofSeconds(35);

    private static final Duration MIN_DRAIN = Duration.ofSeconds(15);
    private static final Duration CHECK_TIME = Duration.ofSeconds(5);
    private static final long DRAIN_POLL_MILLIS = 50;

    private final Path home;
    private final PrintStream progress;

    /**
     * Creates a run.
     *
     * @param home the directory for data and logs
     * @param progress receives progress messages
     */
    public DurableRun(Path home, PrintStream progress) {
        this.home = home;
        this.progress = progress;
    }

    /** The result of a run. */
    public static final class Result {

        private final DurableConfig config;
        private final DurableResult calls;
        private final FaultCounts faults;

        private Result(DurableConfig config, DurableResult calls, FaultCounts faults) {
            this.config = config;
            this.calls = calls;
            this.faults = faults;
        }

        /** Returns whether no fault was found. */
        public boolean isClean() {
            return calls.isClean();
        }

        /** Returns the steps at which no worker has been killed. */
        public List<Step> stepsWithoutKill() {
            return faults.stepsWithoutKill();
        }

        /** Returns the figures as a table. */
        public String table() {
            return DurableReport.table(calls, faults);
        }

        /** Returns the figures as one JSON object. */
        public String json() {
            return DurableReport.json(config, calls, faults);
        }
    }

    /** Runs it. */
    public Result run(DurableConfig config) throws IOException, InterruptedException, SQLException {
        RunDeadline end = RunDeadline.in(config.time().plus(MAX_START_AND_END));
        Stores stores = config.store().start(home, config.installed());
        try (WorkerFleet fleet = new WorkerFleet(home, stores);
                PaymentBank payments = PaymentBank.start(config.seed())) {
            LedgerSnapshot before = createTables(stores.bank());
            fleet.startWorkers((index, urls) -> program(config, index, payments.uri(), urls));
            FaultPlan plan = config.faults();
            FaultCounts faults = new FaultCounts(plan.steps().kill());
            Operator.start(stores.bank(), progress);
            Sent sent = load(config, end, fleet, plan, faults, Backlog.watch(stores.bank()));

            fleet.kill();
            // What was committed must survive this restart too. It also ends the transactions of the killed workers.
            stores.bank().stop();
            stores.bank().restart();
            try (Connection connection = connect(stores.bank())) {
                Stored stored = stored(connection, payments.payments());
                return new Result(config, DurableResult.of(sent, before.money(), stored), faults);
            }
        }
    }

    /** Runs the load under faults; then completes the deployment, and waits until every call has ended. */
    private Sent load(
            DurableConfig config,
            RunDeadline end,
            WorkerFleet fleet,
            FaultPlan plan,
            FaultCounts faults,
            Backlog backlog)
            throws IOException, InterruptedException {
        List<URI> workers = fleet.workers().stream()
                .map(worker -> worker.uri(DurableOrder.PATH))
                .toList();
        OrderLoad load = new OrderLoad(workers, config);
        RunDeadline underLoad = RunDeadline.in(config.time());
        RunDeadline drain = end.earlier(CHECK_TIME).orAtLeast(underLoad.later(MIN_DRAIN));
        load.start(underLoad, drain, backlog::isFull);
        fleet.injectUntil(underLoad, plan, faults, progress, () -> load.orders().size() + " orders");
        for (WorkerHandle worker : fleet.workers()) {
            worker.deployNewest();
        }
        if (!load.isDrained(drain)) {
            progress.println("torture: some orders were not accepted in time");
        }
        while (!backlog.isEmpty() && !drain.isOver()) {
            TimeUnit.MILLISECONDS.sleep(DRAIN_POLL_MILLIS);
        }
        return new Sent(load.orders(), load.acknowledged());
    }

    private static Program program(DurableConfig config, int index, URI payments, List<String> urls) {
        List<List<String>> deployments = Arrays.stream(Deployment.values())
                .map(deployment -> List.of(
                        deployment.name(),
                        config.sabotage().map(DurableSabotage::name).orElse(""),
                        payments.toString(),
                        urls.get(0)))
                .toList();
        return new Program(DurableWorker.class.getName(), deployments, index % deployments.size());
    }

    private static LedgerSnapshot createTables(DatabaseServer database) throws SQLException, IOException {
        String dialect = database.dialect();
        try (Connection connection = connect(database)) {
            Bank.runScript(connection, "/db/respite_durable/" + dialect + "/V1_1__respite_durable.sql");
            Bank.runScript(connection, "/db/respite/" + dialect + "/V1__respite_idempotency.sql");
            Orders.createTables(connection);
            Bank.open(connection);
            return Bank.snapshot(connection);
        }
    }

    private static Connection connect(DatabaseServer database) throws SQLException {
        return DriverManager.getConnection(database.url(database.port()));
    }

    private Stored stored(Connection connection, Map<Integer, Integer> payments) throws SQLException {
        Set<Integer> accepted = new HashSet<>();
        Set<String> waiting = new HashSet<>();
        Map<Integer, Integer> letters = new HashMap<>();
        Map<String, Integer> reasons = new HashMap<>();
        DurableTables tables = DurableTables.defaults();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("SELECT number FROM orders")) {
                while (row.next()) {
                    accepted.add(row.getInt(1));
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT task_instance FROM " + tables.tasks())) {
                while (row.next()) {
                    waiting.add(row.getString(1));
                }
            }
            try (ResultSet row = statement.executeQuery(
                    "SELECT call_key, reason, last_error, history FROM " + tables.deadLetters())) {
                while (row.next()) {
                    letters.merge(DurableOrder.numberOf(row.getString(1)), 1, Integer::sum);
                    if (reasons.merge(row.getString(2), 1, Integer::sum) == 1) {
                        progress.println("torture: dead letter, " + row.getString(2) + ": " + row.getString(3) + "; "
                                + row.getString(4));
                    }
                }
            }
        }
        progress.println("torture: dead letters by reason: " + reasons);
        return new Stored(
                accepted, waiting, letters, payments, Turns.outOfOrder(connection), Bank.snapshot(connection));
    }
}
