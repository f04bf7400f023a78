package dev.respite.torture;

import dev.respite.torture.cluster.FaultKind;
import dev.respite.torture.cluster.FaultPlan;
import dev.respite.torture.cluster.RunDeadline;
import dev.respite.torture.cluster.Step;
import dev.respite.torture.cluster.WorkerFleet;
import dev.respite.torture.cluster.WorkerHandle.Program;
import dev.respite.torture.run.Bank;
import dev.respite.torture.run.Bank.LedgerSnapshot;
import dev.respite.torture.run.Findings;
import dev.respite.torture.run.TortureConfig;
import dev.respite.torture.run.TransferOrder;
import dev.respite.torture.run.Workload;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Transfers under idempotency keys. */
final class TransferWorkload implements Workload {

    private static final Duration REPEAT_TIME = Duration.ofSeconds(3);
    private static final Duration CHECK_TIME = Duration.ofSeconds(5);

    private static final List<Step> PAUSE_STEPS =
            List.of(Step.AFTER_CLAIM, Step.BEFORE_EFFECT, Step.AFTER_DEBIT, Step.BEFORE_COMMIT, Step.AFTER_COMMIT);

    private final TortureConfig config;
    private final Optional<Sabotage> sabotage;
    private final PrintStream progress;
    private final Mode mode;
    private final LoadGenerator load;
    private Set<Integer> missingEarlier = Set.of();
    private Supplier<Set<Integer>> begunEffects = Set::of;

    /**
     * Creates the workload.
     *
     * @param config the configuration
     * @param sabotage the protection that is switched off
     * @param progress receives messages
     */
    TransferWorkload(TortureConfig config, Optional<Sabotage> sabotage, PrintStream progress) {
        this.config = config;
        this.sabotage = sabotage;
        this.progress = progress;
        this.mode = config.store().isDatabase() ? Mode.TRANSACTIONAL : Mode.EXTERNAL;
        this.load = new LoadGenerator(config.seed(), duplicatePercent(), selfCommitPercent());
    }

    @Override
    public Limits limits() {
        return new Limits(Duration.ofSeconds(25), CHECK_TIME.plus(REPEAT_TIME), Duration.ofSeconds(5));
    }

    @Override
    public FaultPlan faults() {
        return new FaultPlan(
                config.seed(),
                sabotage.map(TransferWorkload::cycleFor).orElse(FaultKind.DEFAULT_CYCLE),
                new FaultPlan.Steps(
                        Step.ofTransfers(),
                        sabotage.isEmpty(),
                        PAUSE_STEPS,
                        Step.AFTER_CLAIM,
                        List.of(Step.BEFORE_COMMIT)),
                Worker.LEASE,
                true,
                () -> {});
    }

    /** Returns the faults of one cycle that provoke the missing protection, and few others. */
    private static List<FaultKind> cycleFor(Sabotage sabotage) {
        return switch (sabotage) {
            case NO_FENCE -> List.of(FaultKind.PAUSE_BEFORE_EFFECT, FaultKind.RESET_CLIENT_CONNECTIONS);
            case NO_RECORD_IN_TX -> List.of(FaultKind.KILL_AT_STEP, FaultKind.LOSE_COMMIT);
            case RESPOND_BEFORE_COMMIT -> List.of(FaultKind.LOSE_COMMIT, FaultKind.KILL_AT_STEP);
            case DELETE_ON_FAILURE ->
                List.of(
                        FaultKind.LOSE_COMMIT_RESPONSE,
                        FaultKind.LOSE_COMMIT_RESPONSE,
                        FaultKind.RESET_STORE_CONNECTIONS);
            case NO_ENTRY_MARK -> List.of(FaultKind.RESET_CLIENT_CONNECTIONS);
        };
    }

    /** Returns the percentage of transfers that are sent to two workers at the same time. A takeover needs a second client. */
    private int duplicatePercent() {
        return sabotage.equals(Optional.of(Sabotage.NO_FENCE)) ? 100 : 30;
    }

    /** Returns the percentage of transfers that the bank's code commits by itself before it fails. */
    private int selfCommitPercent() {
        if (mode != Mode.TRANSACTIONAL) {
            return 0;
        }
        return sabotage.equals(Optional.of(Sabotage.NO_ENTRY_MARK)) ? 50 : sabotage.isPresent() ? 0 : 4;
    }

    @Override
    public void createTables(Connection connection) throws SQLException, IOException {
        Bank.runScript(connection, "/db/respite/%s/V1__respite_idempotency.sql");
    }

    @Override
    public Program program(int index, List<String> urls) {
        List<String> args = new ArrayList<>(List.of(
                mode.name(), sabotage.map(Sabotage::name).orElse(""), String.valueOf(config.autoCommit(index))));
        args.addAll(urls);
        return new Program(Worker.class.getName(), List.of(args), 0);
    }

    @Override
    public void start(WorkerFleet fleet, RunDeadline underLoad, RunDeadline drain) {
        begunEffects = fleet::begunEffects;
        load.start(new TransferClient(fleet.uris(TransferOrder.PATH), mode.unknownIsFinal()), underLoad, drain);
    }

    @Override
    public String progress() {
        return load.outcomes().size() + " transfers";
    }

    /**
     * Waits for definite responses, and sends transfers again. Before that the ledger is read: sending again would execute a
     * transfer that was acknowledged and is missing, and hide the fault.
     */
    @Override
    public void finish(WorkerFleet fleet, RunDeadline drain) throws InterruptedException, SQLException {
        if (!load.isDrained(drain)) {
            progress.println("torture: some transfers got no definite response in time");
        }
        Set<Integer> missing = ConsistencyCheck.acknowledged(load.outcomes());
        try (Connection connection = fleet.bank().connect()) {
            missing.removeAll(Bank.snapshot(connection).rows().keySet());
        }
        missingEarlier = missing;
        load.repeat(REPEAT_TIME);
    }

    @Override
    public Findings check(Connection bank, LedgerSnapshot before) throws SQLException {
        return ConsistencyCheck.of(load.outcomes(), before, Bank.snapshot(bank), missingEarlier, begunEffects.get());
    }
}
