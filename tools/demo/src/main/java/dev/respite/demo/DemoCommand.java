package dev.respite.demo;

import dev.respite.Retry;
import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.UsageException;
import dev.respite.micrometer.RetryMetrics;
import dev.respite.time.TimeSource;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code respite demo}: transfers through a faulty bank with three client strategies. */
@Command(
        name = "demo",
        header = "Moves money through a faulty bank, with three client strategies.",
        description = {
            "%nA bank on a real HTTP server on this machine, and 16 clients at a time that move money through it:"
                    + " without retries (none); with a plain retry loop, four attempts 50 ms apart, everything"
                    + " retried, no key (naive); and with Respite, whose policy is printed first.",
            "",
            "About a third of the attempts fail: refused, reset before or after the money has moved, a 500 after"
                    + " it has moved, a 503 with Retry-After, or no response at all. The fault of each attempt at each"
                    + " transfer is drawn from the seed, so that all three meet the same faults."
        },
        exitCodeList = {
            "  0:with Respite every transfer was executed exactly once",
            "  1:at least one was not",
            " 64:wrong usage",
            "130:interrupted"
        },
        footer = {
            "  respite demo",
            "  respite demo --transfers 1000 --seed 7",
            "  respite demo --async --metrics",
            "",
            "succeeded, failed: what the clients saw. run twice: what the bank's ledger shows. money discrepancy: money"
                    + " that moved twice, or that moved although its client saw a failure."
        })
final class DemoCommand implements Callable<Integer> {

    private static final int MAX = 100_000;
    private static final int WARM_UP = 200;

    /** The exit code if Respite lost or duplicated a transfer. */
    private static final int FAILED = 1;

    private final Console console;

    @Option(
            names = "--transfers",
            paramLabel = "N",
            defaultValue = "300",
            description = "How many transfers each strategy makes. Default ${DEFAULT-VALUE}.")
    private int transfers;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The seed of the faults, a whole number. Default a random one.")
    private Optional<Long> seed = Optional.empty();

    @Option(names = "--async", description = "Use non-blocking clients.")
    private boolean async;

    @Option(
            names = "--metrics",
            description = "Print the meters of Respite's retries at the end, in Prometheus format.")
    private boolean metrics;

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        UsageException.requireRange("--transfers", transfers, 1, MAX);
        try (Interruption interruption = Interruption.onExit(Thread.currentThread())) {
            try {
                return compare();
            } catch (IOException | InterruptedException ended) {
                if (!interruption.isRequested()) {
                    throw ended;
                }
                console.printMessage("interrupted");
                return ExitCodes.INTERRUPTED;
            }
        }
    }

    private int compare() throws IOException, InterruptedException {
        FaultScript script =
                new FaultScript(seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(1, 1_000_000)), true);
        printIntroduction(script.seed());
        Retry retry = Retry.withoutWarnings(ClientStrategy.POLICY, TimeSource.system())
                .withName("transfers");
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        RetryMetrics.of(retry).bindTo(registry);
        Map<ClientStrategy, RunResult> results = new EnumMap<>(ClientStrategy.class);
        try (BankClient bank = BankClient.open()) {
            // Warms up: otherwise the first strategy would include the time to load classes.
            FaultScript faultless = new FaultScript(0, false);
            new DemoRun(
                            bank,
                            faultless,
                            WARM_UP,
                            Retry.withoutWarnings(ClientStrategy.POLICY, TimeSource.system()),
                            async)
                    .run(ClientStrategy.RESPITE, ended -> {});
            Progress progress = new Progress(console, transfers);
            for (ClientStrategy strategy : ClientStrategy.values()) {
                DemoRun run = new DemoRun(bank, script, transfers, retry, async);
                results.put(strategy, progress.follow(strategy, ended -> run.run(strategy, ended)));
            }
        }
        console.out().println();
        RunResultTable.lines(results).forEach(console.out()::println);
        if (metrics) {
            console.out().println();
            // The first scrape registers error kinds that are not constants, such as 503. The second one includes them.
            String unused = registry.scrape();
            console.out().print(registry.scrape());
        }
        if (Optional.ofNullable(results.get(ClientStrategy.RESPITE))
                .filter(RunResult::isClean)
                .isPresent()) {
            return ExitCodes.OK;
        }
        console.printMessage("with Respite, at least one transfer was not executed exactly once");
        return FAILED;
    }

    private void printIntroduction(long seed) {
        PrintStream to = console.out();
        to.println(TextFormat.wrap(
                "",
                "",
                TextFormat.count(transfers) + " transfers with each strategy, " + DemoRun.CONCURRENCY
                        + " concurrent clients, seed " + seed
                        + ". Of 100 attempts, on average: "
                        + Stream.of(TransferFault.values())
                                .filter(fault -> fault != TransferFault.NONE)
                                .map(fault -> fault.percent() + " " + fault)
                                .collect(Collectors.joining(", "))
                        + "; every " + FaultScript.SERVED_EVERY + "th attempt at a transfer is served."));
        to.println();
        to.println(TextFormat.wrap(
                "",
                "",
                "The bank keeps its ledger in a file, and executes a transfer with a key once. During Respite's run its"
                        + " process is killed " + DemoRun.KILLS + " times, with all of its open requests."));
        to.println();
        to.println("The naive loop makes 4 attempts, 50 ms apart, after any error.");
        to.println("Respite's policy, with more attempts and more time than the default:");
        to.println(TextFormat.wrap("  ", "  ", ClientStrategy.POLICY.toString()));
        to.println();
    }
}
