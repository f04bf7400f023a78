package dev.respite.torture.durable;

import dev.respite.durable.DurableTables;
import dev.respite.torture.cluster.FaultKind;
import dev.respite.torture.cluster.FaultPlan;
import dev.respite.torture.cluster.RunDeadline;
import dev.respite.torture.cluster.Sql;
import dev.respite.torture.cluster.Step;
import dev.respite.torture.cluster.StoreKind;
import dev.respite.torture.cluster.WorkerFleet;
import dev.respite.torture.cluster.WorkerHandle;
import dev.respite.torture.cluster.WorkerHandle.Program;
import dev.respite.torture.durable.DurableCheck.Sent;
import dev.respite.torture.durable.DurableCheck.Stored;
import dev.respite.torture.run.Bank;
import dev.respite.torture.run.Bank.LedgerSnapshot;
import dev.respite.torture.run.Findings;
import dev.respite.torture.run.TortureConfig;
import dev.respite.torture.run.Workload;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Orders that enqueue durable calls. */
public final class DurableWorkload implements Workload {

    private static final long DRAIN_POLL_MILLIS = 50;

    private static final List<Step> PAUSE_STEPS = List.of(
            Step.AFTER_PICK,
            Step.BEFORE_REMOVAL,
            Step.AFTER_REMOVAL,
            Step.AFTER_EFFECT_COMMIT,
            Step.BEFORE_RESPONSE,
            Step.AFTER_RESPONSE,
            Step.BEFORE_RESCHEDULE,
            Step.DURING_PARK);

    private static final List<Step> COMMIT_STEPS = List.of(
            Step.AFTER_REMOVAL,
            Step.AFTER_REMOVAL,
            Step.BEFORE_ENQUEUE_COMMIT,
            Step.BEFORE_RESCHEDULE,
            Step.DURING_PARK);

    /** A durable call has more steps than a transfer. */
    private static final int MORE_KILLS = 4;

    private final TortureConfig config;
    private final Optional<DurableSabotage> sabotage;
    private final PrintStream progress;
    private final PaymentBank payments;
    private final OrderLoad load;
    private final Backlog backlog = new Backlog();
    private final StalledCalls stalled = new StalledCalls();

    /**
     * Creates the workload, and starts the other system.
     *
     * @param config the configuration
     * @param sabotage the protection that is switched off
     * @param progress receives messages
     */
    public DurableWorkload(TortureConfig config, Optional<DurableSabotage> sabotage, PrintStream progress)
            throws IOException {
        this.config = config;
        this.sabotage = sabotage;
        this.progress = progress;
        this.payments = new PaymentBank(config.seed());
        this.load = new OrderLoad(config.seed(), sabotage);
    }

    @Override
    public Limits limits() {
        return new Limits(Duration.ofSeconds(35), Duration.ofSeconds(5), Duration.ofSeconds(60));
    }

    /** Returns the faults of the run. H2 is not restarted, since it does not guarantee consistent data after a kill. */
    @Override
    public FaultPlan faults() {
        return new FaultPlan(
                config.seed(),
                sabotage.map(DurableWorkload::cycleFor).orElseGet(DurableWorkload::defaultCycle),
                sabotage.map(DurableWorkload::stepsFor)
                        .orElseGet(() -> new FaultPlan.Steps(
                                Step.ofDurableCalls(), true, PAUSE_STEPS, Step.AFTER_PICK, COMMIT_STEPS)),
                DurableWorker.TAKEOVER,
                config.store() != StoreKind.H2,
                stalled::check);
    }

    private static List<FaultKind> defaultCycle() {
        List<FaultKind> cycle = new ArrayList<>(FaultKind.DEFAULT_CYCLE);
        cycle.addAll(Collections.nCopies(MORE_KILLS, FaultKind.KILL_AT_STEP));
        cycle.add(FaultKind.PAUSE_AT_STEP);
        cycle.add(FaultKind.DEPLOY);
        cycle.add(FaultKind.FREEZE);
        return cycle;
    }

    /** Returns the faults of one cycle that provoke the missing protection. */
    private static List<FaultKind> cycleFor(DurableSabotage sabotage) {
        return switch (sabotage) {
            case REMOVE_BEFORE_COMMIT -> List.of(FaultKind.KILL_AT_STEP, FaultKind.LOSE_COMMIT);
            case NO_FENCE -> List.of(FaultKind.PAUSE_BEFORE_EFFECT);
            case NO_SEQUENCE, NO_SAVEPOINT -> List.of(FaultKind.KILL_AT_STEP);
            case WAITING_RECOVERY -> List.of(FaultKind.FREEZE);
        };
    }

    private static FaultPlan.Steps stepsFor(DurableSabotage sabotage) {
        List<Step> kill = cycleFor(sabotage).contains(FaultKind.KILL_AT_STEP) ? List.of(Step.AFTER_REMOVAL) : List.of();
        return new FaultPlan.Steps(kill, false, PAUSE_STEPS, Step.AFTER_PICK, List.of(Step.AFTER_REMOVAL));
    }

    @Override
    public void createTables(Connection connection) throws SQLException, IOException {
        Bank.runScript(connection, "/db/respite_durable/%s/V1_1__respite_durable.sql");
        Bank.runScript(connection, "/db/respite/%s/V1__respite_idempotency.sql");
        Orders.createTables(connection);
    }

    @Override
    public Program program(int index, List<String> urls) {
        List<List<String>> deployments = Arrays.stream(Deployment.values())
                .map(deployment -> List.of(
                        deployment.name(),
                        sabotage.map(DurableSabotage::name).orElse(""),
                        payments.uri().toString(),
                        urls.get(0),
                        String.valueOf(config.autoCommit(index))))
                .toList();
        return new Program(DurableWorker.class.getName(), deployments, index % deployments.size());
    }

    @Override
    public void start(WorkerFleet fleet, RunDeadline underLoad, RunDeadline drain) {
        Operator.start(fleet.bank(), progress);
        backlog.watch(fleet.bank());
        stalled.watch(fleet.bank());
        load.start(fleet.uris(DurableOrder.PATH), underLoad, drain, backlog::isFull);
    }

    @Override
    public String progress() {
        return load.orders().size() + " orders";
    }

    /** Completes the deployment, and waits until every call has ended. */
    @Override
    public void finish(WorkerFleet fleet, RunDeadline drain) throws IOException, InterruptedException {
        for (WorkerHandle worker : fleet.workers()) {
            worker.deployNewest();
        }
        if (!load.isDrained(drain)) {
            progress.println("torture: some orders were not accepted in time");
        }
        while (!backlog.isEmpty() && !drain.isOver()) {
            TimeUnit.MILLISECONDS.sleep(DRAIN_POLL_MILLIS);
        }
    }

    @Override
    public Findings check(Connection bank, LedgerSnapshot before) throws SQLException {
        return DurableCheck.of(new Sent(load.orders(), load.acknowledged()), before.money(), stored(bank));
    }

    private Stored stored(Connection connection) throws SQLException {
        Set<Integer> accepted = new HashSet<>();
        Set<String> waiting = new HashSet<>();
        Map<Integer, Integer> letters = new HashMap<>();
        Map<String, Integer> reasons = new HashMap<>();
        DurableTables tables = DurableTables.defaults();
        Sql.read(connection, "SELECT number FROM orders", row -> accepted.add(row.getInt(1)));
        Sql.read(connection, "SELECT task_instance FROM " + tables.tasks(), row -> waiting.add(row.getString(1)));
        Sql.read(connection, "SELECT call_key, reason, last_error, history FROM " + tables.deadLetters(), row -> {
            letters.merge(DurableOrder.numberOf(row.getString(1)), 1, Integer::sum);
            if (reasons.merge(row.getString(2), 1, Integer::sum) == 1) {
                progress.println("torture: dead letter, " + row.getString(2) + ": " + row.getString(3) + "; "
                        + row.getString(4));
            }
        });
        progress.println("torture: dead letters by reason: " + reasons);
        return new Stored(
                accepted,
                waiting,
                letters,
                GivenUpCalls.of(connection),
                payments.payments(),
                Turns.outOfOrder(connection),
                stalled.count(),
                Bank.snapshot(connection));
    }

    @Override
    public void close() {
        payments.close();
    }
}
