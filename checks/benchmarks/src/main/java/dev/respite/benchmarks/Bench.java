package dev.respite.benchmarks;

import dev.respite.benchmarks.conclusions.Conclusions;
import dev.respite.benchmarks.durable.DurableThroughput;
import dev.respite.benchmarks.harm.Agreement;
import dev.respite.benchmarks.harm.Harm;
import dev.respite.benchmarks.http.HttpThroughput;
import dev.respite.benchmarks.report.Options;
import dev.respite.benchmarks.report.Results;
import dev.respite.benchmarks.scale.Scale;
import dev.respite.benchmarks.stores.Stores;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the benchmarks and prints one table.
 *
 * <p>Each measurement has a virtual machine of its own, so that none has the profile of another. They are made in rounds: one fork
 * of each, then again. A noisy minute of the machine then disturbs a few iterations of every row instead of a whole row.
 */
public final class Bench {

    private static final String USAGE = """
            usage: bin/bench [--quick] [--only PATTERN] [--rounds N]
              --quick         one short round: about 3 minutes
              --only PATTERN  only rows that match this regular expression, such as FirstTry or '.respite'
              --rounds N      forks of each benchmark
              --scale         a million calls that wait for a retry at once, instead; bin/bench --scale --help
              --stores        records in each store beside bare round trips, instead; bin/bench --stores --help
              --durable       durable calls beside the scheduler that they run on, instead; bin/bench --durable --help
              --http          requests of a retrying HTTP client beside the JDK's own, instead; bin/bench --http --help
              --harm          the cost of budgets in outages, instead; bin/bench --harm --help
              --conclusions   how far the simulator's conclusions depend on seeds, instead; bin/bench --conclusions --help
              --explain       the answers of explain beside longer simulations, instead; bin/bench --explain --help
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    private static final Map<String, Consumer<String[]>> OTHERS = Map.of(
            "--scale", Scale::main,
            "--stores", Stores::main,
            "--durable", DurableThroughput::main,
            "--http", HttpThroughput::main,
            "--harm", Harm::main,
            "--conclusions", Conclusions::main,
            "--explain", Agreement::main);

    /** A heap that has all its pages from the start: page faults are not charged to peers that allocate. */
    private static final String[] HEAP = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"};

    private final boolean quick;
    private final PrintStream messages;
    private final Results<Subject, Iteration> results = new Results<>();

    private Bench(boolean quick, PrintStream messages) {
        this.quick = quick;
        this.messages = messages;
    }

    /** One iteration: nanoseconds and allocated bytes for each operation. */
    private record Iteration(double nanos, double bytes) {}

    /**
     * Runs the benchmarks.
     *
     * @param arguments the options of the usage
     */
    public static void main(String[] arguments) {
        if (arguments.length > 0 && OTHERS.containsKey(arguments[0])) {
            Objects.requireNonNull(OTHERS.get(arguments[0])).accept(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        Options.run(USAGE, arguments, (options, messages) -> {
            boolean quick = options.flag("--quick");
            int rounds = options.number("--rounds", quick ? 1 : 5);
            List<Subject> subjects = options.only(Subject.all());
            options.end();
            return new Bench(quick, messages).run(subjects, rounds);
        });
    }

    private String run(List<Subject> subjects, int rounds) throws RunnerException {
        int done = 0;
        for (int round = 1; round <= rounds; round++) {
            for (Subject subject : subjects) {
                fork(subject);
                done++;
                messages.printf(
                        Locale.ROOT,
                        "%d/%d  %s: %.2f ±%.2f ns, %.1f B%n",
                        done,
                        rounds * subjects.size(),
                        subject,
                        results.median(subject, Iteration::nanos),
                        results.deviation(subject, Iteration::nanos),
                        results.median(subject, Iteration::bytes));
            }
        }
        return table();
    }

    private void fork(Subject subject) throws RunnerException {
        int iterations = quick ? 5 : 8;
        TimeValue iteration = TimeValue.milliseconds(quick ? 150 : 250);
        Runner runner = new Runner(
                new OptionsBuilder()
                        .include("^" + Pattern.quote(subject.benchmark()) + "$")
                        .mode(Mode.AverageTime)
                        .timeUnit(TimeUnit.NANOSECONDS)
                        .forks(1)
                        .jvmArgsAppend(HEAP)
                        .warmupIterations(iterations)
                        .warmupTime(iteration)
                        .measurementIterations(iterations)
                        .measurementTime(iteration)
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .build(),
                OutputFormatFactory.createFormatInstance(messages, VerboseMode.SILENT));
        for (RunResult run : runner.run()) {
            for (BenchmarkResult benchmark : run.getBenchmarkResults()) {
                benchmark.getIterationResults().forEach(result -> results.add(subject, iteration(result)));
            }
        }
    }

    private static Iteration iteration(IterationResult result) {
        return new Iteration(
                result.getPrimaryResult().getScore(),
                Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"), "no GC profile")
                        .getScore());
    }

    private String table() {
        StringBuilder table = new StringBuilder(
                "| " + Results.machine() + " | | ns/op | ± | B/op | ÷ Respite |\n|---|---|---:|---:|---:|---:|\n");
        for (Subject subject : results.rows()) {
            double bytes = results.median(subject, Iteration::bytes);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %s | %s | %s |%n",
                    subject.suite().getSimpleName(),
                    subject.label(),
                    number(results.median(subject, Iteration::nanos)),
                    number(results.deviation(subject, Iteration::nanos)),
                    bytes < 0.05 ? "0" : number(bytes),
                    ratio(subject)));
        }
        return table.toString();
    }

    private String ratio(Subject subject) {
        return results.rows().contains(subject.reference())
                ? String.format(
                        Locale.ROOT,
                        "%.2f",
                        results.median(subject, Iteration::nanos)
                                / results.median(subject.reference(), Iteration::nanos))
                : "";
    }

    private static String number(double number) {
        return String.format(Locale.ROOT, number < 100 ? "%.1f" : "%,.0f", number);
    }
}
