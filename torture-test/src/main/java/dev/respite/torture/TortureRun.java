package dev.respite.torture;

import dev.respite.torture.bank.Bank;
import dev.respite.torture.bank.Bank.LedgerSnapshot;
import dev.respite.torture.bank.TransferOrder;
import dev.respite.torture.fault.FaultCounts;
import dev.respite.torture.fault.FaultPlan;
import dev.respite.torture.fault.WorkerFleet;
import dev.respite.torture.fault.WorkerHandle.Program;
import dev.respite.torture.process.RunDeadline;
import dev.respite.torture.sabotage.Sabotage;
import dev.respite.torture.store.DatabaseServer;
import dev.respite.torture.store.StoreKind.Stores;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** One run: starts stores, workers, load and fault injection, then checks consistency. */
final class TortureRun {

    /** The limit for everything but the load. What the start does not use of it is available to the end. */
    private static final Duration MAX_START_AND_END = Duration.ofSeconds(25);

    private static final Duration MIN_DRAIN = Duration.ofSeconds(5);
    private static final Duration REPEAT_TIME = Duration.ofSeconds(3);
    private static final Duration CHECK_TIME = Duration.ofSeconds(5);

    private final Path home;
    private final PrintStream progress;

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
        try (WorkerFleet fleet = new WorkerFleet(home, stores)) {
            return run(config, end, stores, fleet);
        }
    }

    private Result run(TortureConfig config, RunDeadline end, Stores stores, WorkerFleet fleet)
            throws IOException, InterruptedException, SQLException {
        LedgerSnapshot before = openBank(stores);
        fleet.startWorkers((index, urls) -> program(config, urls));

        TransferClient clients = new TransferClient(
                fleet.workers().stream()
                        .map(worker -> worker.uri(TransferOrder.PATH))
                        .toList(),
                config.mode().unknownIsFinal());
        LoadGenerator load = new LoadGenerator(clients, config);
        RunDeadline underLoad = RunDeadline.in(config.time());
        RunDeadline drain = end.earlier(CHECK_TIME.plus(REPEAT_TIME)).orAtLeast(underLoad.later(MIN_DRAIN));
        load.start(underLoad, drain);
        FaultPlan plan = config.faults();
        FaultCounts faults = new FaultCounts(plan.steps().kill());
        fleet.injectUntil(
                underLoad, plan, faults, progress, () -> load.outcomes().size() + " transfers");
        if (!load.isDrained(drain)) {
            progress.println("torture: some transfers got no definite response in time");
        }
        // Before the transfers are sent again: that would run one that was acknowledged and is missing, and hide the
        // fault.
        Set<Integer> missing = missing(stores.bank(), load.outcomes());
        load.repeat(REPEAT_TIME);

        fleet.kill();
        // An acknowledged transfer must survive this restart too. It also ends the transactions of the killed workers.
        stores.bank().stop();
        stores.bank().restart();
        try (Connection connection = connect(stores.bank())) {
            return new Result(
                    ConsistencyResult.of(load.outcomes(), before, Bank.snapshot(connection), missing), faults);
        }
    }

    private static Program program(TortureConfig config, List<String> urls) {
        List<String> args = new ArrayList<>(List.of(
                config.mode().name(), config.sabotage().map(Sabotage::name).orElse("")));
        args.addAll(urls);
        return new Program(Worker.class.getName(), List.of(args), 0);
    }

    private static Set<Integer> missing(DatabaseServer bank, Collection<TransferOutcome> outcomes) throws SQLException {
        Set<Integer> acknowledged = ConsistencyResult.acknowledged(outcomes);
        try (Connection connection = connect(bank)) {
            acknowledged.removeAll(Bank.snapshot(connection).rows().keySet());
        }
        return acknowledged;
    }

    private static LedgerSnapshot openBank(Stores stores) throws SQLException, IOException {
        try (Connection connection = connect(stores.bank())) {
            Bank.runScript(connection, "/db/respite/" + stores.bank().dialect() + "/V1__respite_idempotency.sql");
            Bank.open(connection);
            return Bank.snapshot(connection);
        }
    }

    private static Connection connect(DatabaseServer bank) throws SQLException {
        return DriverManager.getConnection(bank.url(bank.port()));
    }
}
