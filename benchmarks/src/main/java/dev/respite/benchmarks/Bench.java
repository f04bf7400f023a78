package dev.respite.benchmarks;

import dev.respite.benchmarks.durable.DurableThroughput;
import dev.respite.benchmarks.foresight.ForesightTable;
import dev.respite.benchmarks.harm.Harm;
import dev.respite.benchmarks.http.HttpThroughput;
import dev.respite.benchmarks.scale.Scale;
import dev.respite.benchmarks.simulator.Simulator;
import dev.respite.benchmarks.stores.Stores;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
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
 * <p>Each measurement has a virtual machine of its own, so that none sees another's profile, and they are made in rounds:
 * one fork of each, then again. A noisy minute of the machine then spoils a part of every row rather than one row.
 */
public final class Bench {

    private static final String USAGE = """
            usage: bin/bench [--quick] [--only PATTERN] [--rounds N]
              --quick         one short round: about 3 minutes
              --only PATTERN  only what this regular expression is found in, such as FirstTry or '.respite'
              --rounds N      forks of each benchmark
              --scale         a million calls that wait for a retry at once, instead; bin/bench --scale --help
              --stores        records in each store beside bare round trips, instead; bin/bench --stores --help
              --durable       durable calls beside the scheduler that they run on, instead; bin/bench --durable --help
              --http          requests of a retrying HTTP client beside the JDK's own, instead; bin/bench --http --help
              --simulator     the simulator beside a bare event loop, instead
              --harm          what budgets cost in outages, instead; bin/bench --harm --help
              --foresight     the forecast of respite explain beside the simulator, instead; bin/bench --foresight --help
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    /** A heap that has all its pages at once: peers that allocate shall not be charged for the system's page faults. */
    private static final String[] HEAP = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"};

    private final Plan plan;
    private final PrintStream messages;
    private final Map<Subject, Samples> results = new LinkedHashMap<>();

    private Bench(Plan plan, PrintStream messages) {
        this.plan = plan;
        this.messages = messages;
    }

    /** What to run, and for how long. */
    private record Plan(boolean quick, Pattern only, int rounds) {

        static Plan read(String[] arguments) {
            boolean quick = false;
            Pattern only = Pattern.compile("");
            int rounds = 0;
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--quick" -> quick = true;
                    case "--only" -> only = Pattern.compile(value(arguments, ++i));
                    case "--rounds" -> rounds = Integer.parseInt(value(arguments, ++i));
                    default -> throw new IllegalArgumentException("unknown option: " + arguments[i]);
                }
            }
            int usual = quick ? 1 : 5;
            return new Plan(quick, only, rounds > 0 ? rounds : usual);
        }

        private static String value(String[] arguments, int at) {
            if (at == arguments.length) {
                throw new IllegalArgumentException(arguments[at - 1] + " needs a value");
            }
            return arguments[at];
        }

        int iterations() {
            return quick ? 5 : 8;
        }

        TimeValue iteration() {
            return TimeValue.milliseconds(quick ? 150 : 250);
        }
    }

    /**
     * Runs them.
     *
     * @param arguments as the usage says
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        if (arguments.length > 0 && arguments[0].equals("--scale")) {
            Scale.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("--stores")) {
            Stores.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("--durable")) {
            DurableThroughput.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("--http")) {
            HttpThroughput.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("--simulator")) {
            Simulator.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("--harm")) {
            Harm.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        if (arguments.length > 0 && arguments[0].equals("--foresight")) {
            ForesightTable.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        if (List.of(arguments).contains("--help")) {
            out.println(USAGE);
            return;
        }
        try {
            new Bench(Plan.read(arguments), messages).run(out);
        } catch (IllegalArgumentException wrong) {
            messages.println(
                    wrong instanceof PatternSyntaxException || wrong instanceof NumberFormatException
                            ? "not a valid value: " + wrong.getMessage()
                            : wrong.getMessage());
            messages.println(USAGE);
            System.exit(64);
        } catch (RunnerException failed) {
            messages.println(failed.getMessage());
            System.exit(1);
        }
    }

    private void run(PrintStream out) throws RunnerException {
        List<Subject> subjects = new ArrayList<>(Subject.all());
        subjects.removeIf(subject -> !plan.only().matcher(subject.toString()).find());
        if (subjects.isEmpty()) {
            throw new IllegalArgumentException("no benchmark matches " + plan.only());
        }
        int done = 0;
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Subject subject : subjects) {
                Samples samples = results.computeIfAbsent(subject, unseen -> new Samples());
                samples.add(fork(subject));
                done++;
                messages.printf("%d/%d  %s: %s%n", done, plan.rounds() * subjects.size(), subject, samples);
            }
        }
        out.print(ResultTable.of(results));
    }

    private Collection<RunResult> fork(Subject subject) throws RunnerException {
        return new Runner(
                        new OptionsBuilder()
                                .include("^" + Pattern.quote(subject.benchmark()) + "$")
                                .threads(subject.threads())
                                .mode(Mode.AverageTime)
                                .timeUnit(TimeUnit.NANOSECONDS)
                                .forks(1)
                                .jvmArgsAppend(HEAP)
                                .warmupIterations(plan.iterations())
                                .warmupTime(plan.iteration())
                                .measurementIterations(plan.iterations())
                                .measurementTime(plan.iteration())
                                .addProfiler(GCProfiler.class)
                                .shouldFailOnError(true)
                                .build(),
                        OutputFormatFactory.createFormatInstance(messages, VerboseMode.SILENT))
                .run();
    }
}
