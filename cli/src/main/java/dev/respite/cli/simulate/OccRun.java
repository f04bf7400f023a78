package dev.respite.cli.simulate;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.sim.occ.OptimisticLockingExperiment;
import dev.respite.sim.occ.OptimisticLockingExperiment.Result;
import dev.respite.sim.report.OptimisticLockingReport;
import dev.respite.sim.scenario.InvalidScenarioException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs the AWS experiment and compares its strategies. */
final class OccRun {

    static final String NAME = "aws-occ";

    /** What the experiment shows. */
    static final String ABOUT = "Clients change one row under optimistic locking, as in the experiment of AWS.";

    private static final int CLIENTS = 100;
    private static final int REPEATS = 100;

    /** What can be set, and the default values. */
    static final String SETTINGS = "clients=" + CLIENTS + " repeats=" + REPEATS;

    private final List<Result> results;
    private final int repeats;

    private OccRun(List<Result> results, int repeats) {
        this.results = results;
        this.repeats = repeats;
    }

    static OccRun of(Map<String, String> given, long seed, Console console) {
        for (String key : given.keySet()) {
            if (!Set.of("clients", "repeats").contains(key)) {
                throw new InvalidScenarioException(
                        NAME + ": unknown setting '" + key + "'; use one of clients, repeats");
            }
        }
        int clients = number(given, "clients", CLIENTS);
        int repeats = number(given, "repeats", REPEATS);
        List<String> strategies = OptimisticLockingExperiment.strategyNames();
        SimulationMeter meter = new SimulationMeter(console, strategies.size());
        List<Result> results = new ArrayList<>();
        for (String strategy : strategies) {
            results.add(OptimisticLockingExperiment.run(strategy, clients, repeats, seed));
            meter.secondOver();
        }
        meter.end();
        return new OccRun(results, repeats);
    }

    private static int number(Map<String, String> given, String key, int otherwise) {
        String text = given.getOrDefault(key, Integer.toString(otherwise));
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new InvalidScenarioException(NAME + ", " + key + ": '" + text + "': expected a whole number above 0");
        }
        return Integer.parseInt(text);
    }

    String json() {
        return Json.object()
                .put("scenario", NAME)
                .put(
                        "results",
                        results.stream()
                                .map(result -> Json.object()
                                        .put("strategy", result.strategy())
                                        .put("clients", result.clients())
                                        .put("meanTimeMs", SimulationJson.rounded(result.meanTimeMs()))
                                        .put("meanCalls", SimulationJson.rounded(result.meanCalls())))
                                .toList())
                .text();
    }

    String table() {
        StringBuilder table = new StringBuilder();
        table.append(NAME).append(": ").append(results.get(0).clients()).append(" clients write one row, means over ");
        table.append(repeats).append(" repeats").append(System.lineSeparator()).append(System.lineSeparator());
        table.append(line("strategy", "until all have written", "writes at the server"));
        for (Result result : results) {
            table.append(line(
                    result.strategy(),
                    TextFormat.time(result.meanTimeMs() * 1e6),
                    TextFormat.count(Math.round(result.meanCalls()))));
        }
        return table.toString();
    }

    private static String line(String strategy, String time, String calls) {
        return TextFormat.left(strategy, 22)
                + TextFormat.right(time, 24)
                + TextFormat.right(calls, 24)
                + System.lineSeparator();
    }

    void write(Path folder) throws IOException {
        OptimisticLockingReport.write(folder, results, repeats);
    }
}
