package dev.respite.cli;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.UsageException;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Comparison;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.report.Report;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.text.Spelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code respite simulate}: shows the effect of policies on a simulated service. */
@Command(
        name = "simulate",
        header = "Runs a scenario in virtual time under several policies, and compares them.",
        description = {
            "%nWhat runs is the driver, the policies and the budgets of production; the services, the network and the"
                    + " load are models. The same seed gives the same result.",
            "",
            "Scenarios: thundering-herd, metastable, pause, brownout, rate-limit, deep-stack, circuit-breaker, outage-ride,"
                    + " bad-replica, overload, tail (hedges, not retries) and independent-failures. With"
                    + " --list, what each one shows, and its settings. A file in YAML is a scenario too; there --set has the"
                    + " path of a value: services.store.workers=5. --print writes a built-in scenario as such a file.",
            "",
            "The conclusion about each policy compares it with no retries, and names the column that decides. Beside each"
                    + " scenario with a fault stands a calm run: the same without the fault, with 5 %% and 20 %% of the"
                    + " attempts failing by chance. Where the seeds decide neither a harm nor that there is none, it names how many"
                    + " would."
        },
        exitCodeList = {
            " 0:the scenario was run, with any result",
            "23:the report could not be written",
            "64:the scenario, a setting or a policy is invalid"
        },
        footer = {
            "  respite simulate metastable",
            "  respite simulate metastable --out report \\",
            "      --policy mine='max-attempts=5 budget=off'",
            "  respite simulate pause --set rate=1000 --set utilisation=0.95",
            "  respite simulate scenario.yaml --seeds 20 --json",
            "  respite simulate metastable --print > scenario.yaml",
            "",
            "With --json: scenario, seed, runs: one for each policy (means over the seeds; percentiles of all calls of all"
                    + " seeds; recoverySeconds of the calls of all seeds, null if they never recovered, none succeeded, or the run ended"
                    + " less than 20 s after the last fault): policy, calls, succeeded, attempts, success (a ratio), amplification,"
                    + " peakRequestsPerSecond, p50Ms, p99Ms (of calls that succeed; null if none does), answerP50Ms,"
                    + " answerP99Ms (until the caller had an answer, failures included), wastedWorkMs, recoverySeconds,"
                    + " goodputBefore, goodputAfter, stopReasons (calls by reason), conclusion (kind, decidedBy: the key of a"
                    + " figure, failureRate of the calm run that decides, savedPoints and savedPointsError: calls that succeed beyond those"
                    + " without retries, in percentage points with their 95 %% interval, text; none if each policy retries), calm (for each"
                    + " failureRate the same figures), series (calls, requests, goodput, queue, budget, overloadBudget, one number for each"
                    + " second). With several seeds also ranges: for each figure the least and the greatest of a seed. Of a"
                    + " load with groups also groups: group, calls, succeeded, attempts. Of thundering-herd also meanWaitMs,"
                    + " spreadMs, peakRetriesPer100ms."
        })
final class SimulateCommand implements Callable<Integer> {

    private static final int MAX_SEEDS = 10_000;

    private final Console console;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "SCENARIO|FILE",
            arity = "0..1",
            description =
                    "A built-in scenario, or a file in YAML. Without it and without options, the scenarios are listed.")
    private String scenario = "";

    @Option(names = "--list", description = "List the scenarios and their settings.")
    private boolean list;

    @Option(names = "--print", description = "Print the scenario as YAML, with what is set, and run nothing.")
    private boolean print;

    @Option(
            names = "--policy",
            paramLabel = "NAME=TEXT",
            description =
                    "A policy to run beside the built-in ones, and what to call it; its keys are those of 'respite"
                            + " explain'. May be repeated. One with the name of a built-in policy takes its place. Built in"
                            + " are none, naive (four attempts 50 ms apart, everything retried, no budget) and respite (our"
                            + " defaults); of pause and independent-failures, also the published budgets, under one"
                            + " schedule of retries; of outage-ride, also a policy whose calls wait for the budget; of"
                            + " thundering-herd, five strategies of backoff instead of naive.")
    private List<String> policies = List.of();

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "Run these of the policies only, in this order. Without none there are no conclusions.")
    private List<String> only = List.of();

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Another value in the scenario. May be repeated.")
    private Map<String, String> settings = Map.of();

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Run each policy with N seeds, one after the other from --seed. Default ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "1",
            description = "The first seed, a whole number. Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    @Option(names = "--out", paramLabel = "DIR", description = "Write charts and a page in HTML there.")
    private Optional<Path> out = Optional.empty();

    SimulateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (list || isBare()) {
            ScenarioList.lines().forEach(console.out()::println);
            return ExitCodes.OK;
        }
        if (scenario.isEmpty()) {
            throw new UsageException("there is no scenario", "'respite simulate --list' lists the scenarios.");
        }
        UsageException.requireRange("--seeds", seeds, 1, MAX_SEEDS);
        boolean file = isFile();
        Scenario read = file ? read(settings) : builtIn().scenario(settings);
        if (print) {
            console.out().print(ScenarioFile.yaml(read));
            return ExitCodes.OK;
        }
        Map<String, RetryPolicy> compared = compared(file ? BuiltIn.named("metastable") : builtIn());
        ReportFolder folder = new ReportFolder(console, out);
        Optional<Integer> unwritable = folder.prepare();
        if (unwritable.isPresent()) {
            return unwritable.get();
        }
        List<PolicySummary> summaries = run(Comparison.of(read, compared).seeds(seed, seeds));
        if (!read.showsRecovery()) {
            console.printMessage(
                    "the run ends less than 20 s after its last fault: no recovery can be seen; give it a longer duration");
        }
        List<String> table = SimulationTable.lines(read, seed, summaries);
        if (json) {
            console.out().print(SimulationJson.of(read, seed, summaries));
        } else {
            table.forEach(console.out()::println);
        }
        return folder.write(
                path -> Report.of(read, summaries, String.join("\n", table)).write(path));
    }

    /** Returns the built-in policies and the given policies, or only the policies that {@code --only} names. */
    private Map<String, RetryPolicy> compared(BuiltIn usual) {
        Map<String, RetryPolicy> all = usual.policies();
        all.putAll(NamedPolicies.read(policies));
        if (only.isEmpty()) {
            return all;
        }
        Map<String, RetryPolicy> chosen = new LinkedHashMap<>();
        for (String name : only) {
            RetryPolicy policy = all.get(name);
            if (policy == null) {
                throw new InvalidScenarioException(
                        "--only " + name + ": unknown policy '" + name + "'" + Spelling.suggestion(name, all.keySet()));
            }
            chosen.put(name, policy);
        }
        return chosen;
    }

    /** Returns whether the command line has neither a scenario nor an option. */
    private boolean isBare() {
        return scenario.isEmpty()
                && spec.commandLine().getParseResult().matchedOptions().isEmpty();
    }

    private List<PolicySummary> run(Comparison comparison) {
        try {
            return comparison.run(() -> {});
        } catch (OutOfMemoryError full) {
            throw new UsageException(
                    scenario + ": the run needs more than the "
                            + TextFormat.count(Runtime.getRuntime().maxMemory() >> 20) + " MB of memory that there are",
                    "Take fewer calls, clients or seeds, or more memory: JAVA_TOOL_OPTIONS=-Xmx4g respite simulate ...");
        }
    }

    /** Returns whether the scenario is a file: its name contains a dot or a slash, or the file exists. */
    private boolean isFile() {
        return scenario.matches(".*[./\\\\].*") || Files.isRegularFile(Path.of(scenario));
    }

    private BuiltIn builtIn() {
        List<String> known = BuiltIn.all().stream().map(BuiltIn::name).toList();
        if (!known.contains(scenario)) {
            throw new InvalidScenarioException("unknown scenario '" + scenario + "'"
                    + Spelling.nearest(scenario, known)
                            .map(nearest -> "; did you mean '" + nearest + "'?")
                            .orElse("; use one of " + String.join(", ", known)));
        }
        return BuiltIn.named(scenario);
    }

    private Scenario read(Map<String, String> given) {
        Path file = Path.of(scenario);
        try {
            return ScenarioFile.read(file, given);
        } catch (IOException unreadable) {
            throw new InvalidScenarioException(scenario + ": " + TextFormat.problem(file, unreadable));
        } catch (InvalidScenarioException wrong) {
            throw new UsageException(
                    String.valueOf(wrong.getMessage()), "The keys of a scenario file: docs/simulator.md.");
        }
    }
}
