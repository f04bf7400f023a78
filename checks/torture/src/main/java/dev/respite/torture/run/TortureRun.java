package dev.respite.torture.run;

import dev.respite.torture.cluster.FaultCounts;
import dev.respite.torture.cluster.FaultPlan;
import dev.respite.torture.cluster.RunDeadline;
import dev.respite.torture.cluster.Step;
import dev.respite.torture.cluster.WorkerFleet;
import dev.respite.torture.run.Bank.LedgerSnapshot;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run: starts stores, workers, load and fault injection, then checks the stored data.
 *
 * @param home the directory for data and logs
 * @param progress receives progress messages
 */
public record TortureRun(Path home, PrintStream progress) {

    private static final int LABEL = 24;

    /**
     * The result of a run.
     *
     * @param findings the findings of the check
     * @param faults the injected faults
     */
    public record Result(Findings findings, FaultCounts faults) {

        private Map<String, Long> figures() {
            Map<String, Long> figures = new LinkedHashMap<>(findings.figures());
            figures.putAll(faults.figures());
            return figures;
        }

        /** Returns a table with the conclusion at its end. */
        public String table() {
            StringBuilder text = new StringBuilder();
            figures().forEach((name, value) -> text.append(String.format("%-" + LABEL + "s%,12d%n", name, value)));
            text.append(String.format("%nkilled at%n"));
            faults.killsAt()
                    .forEach((step, count) ->
                            text.append(String.format("  %-" + (LABEL - 2) + "s%,12d%n", step, count)));
            String conclusion = findings.isClean() ? "clean: every count of faults is 0" : "NOT CLEAN";
            return text.append(String.format("%n%s%n", conclusion)).toString();
        }

        /** Returns one JSON object. */
        public String json(Optional<String> sabotage) {
            String killsAt = members(faults.killsAt()).collect(Collectors.joining(",", "\"killsAt\":{", "}"));
            String protection =
                    sabotage.map(name -> ",\"sabotage\":\"" + name + "\"").orElse("");
            return members(figures()).collect(Collectors.joining(",", "{", "," + killsAt + protection + "}"));
        }

        private static Stream<String> members(Map<?, ?> values) {
            return values.entrySet().stream().map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue());
        }

        /** Returns the steps at which no worker has been killed. */
        public List<Step> stepsWithoutKill() {
            return faults.stepsWithoutKill();
        }
    }

    /** Runs a workload. */
    public Result run(TortureConfig config, Workload workload) throws IOException, InterruptedException, SQLException {
        RunDeadline end = RunDeadline.in(config.time().plus(workload.limits().startAndEnd()));
        try (workload;
                WorkerFleet fleet = new WorkerFleet(home, config.store().start(home, config.installed()))) {
            LedgerSnapshot before;
            try (Connection connection = fleet.bank().connect()) {
                workload.createTables(connection);
                Bank.open(connection);
                before = Bank.snapshot(connection);
            }
            fleet.startWorkers(workload::program);

            RunDeadline load = RunDeadline.in(config.time());
            RunDeadline drain = end.earlier(workload.limits().end())
                    .orAtLeast(load.later(workload.limits().minDrain()));
            workload.start(fleet, load, drain);
            FaultPlan plan = workload.faults();
            FaultCounts faults = new FaultCounts(plan);
            fleet.injectUntil(load, plan, faults, progress, workload::progress);
            workload.finish(fleet, drain);

            fleet.kill();
            // Acknowledged work must survive this restart too. It also ends the transactions of the killed workers.
            fleet.bank().stop();
            fleet.bank().restart();
            try (Connection connection = fleet.bank().connect()) {
                return new Result(workload.check(connection, before), faults);
            }
        }
    }
}
