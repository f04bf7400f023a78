package dev.respite.benchmarks.durable;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Measures how many due tasks a second are run by db-scheduler, and by Respite on it: those that succeed, those that fail and are
 * due again, and those with an effect in the same database.
 *
 * <p>The contenders take turns, a slice each, on the same server and through the same pool. A slice ends when the last of its tasks has
 * run. A ratio is of two slices of one round; the table has the median of the rounds, and the lowest and the highest.
 */
public final class DurableThroughput {

    private static final String USAGE = """
            usage: bin/bench --durable [--rounds N] [--tasks N] [--threads N]
              --rounds N   slices of each row; 5 unless said otherwise
              --tasks N    tasks of a slice; 4000 unless said otherwise
              --threads N  of each contender; 10 unless said otherwise
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    private static final long SLICE_MINUTES = 5;

    private final int rounds;
    private final int tasks;
    private final int threads;
    private final PrintStream messages;
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();

    private DurableThroughput(int rounds, int tasks, int threads, PrintStream messages) {
        this.rounds = rounds;
        this.tasks = tasks;
        this.threads = threads;
        this.messages = messages;
    }

    /**
     * Runs it.
     *
     * @param arguments as the usage says
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        int rounds = 5;
        int tasks = 4_000;
        int threads = 10;
        try {
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case "--help" -> {
                        out.println(USAGE);
                        return;
                    }
                    case "--rounds" -> rounds = number(arguments, ++i);
                    case "--tasks" -> tasks = number(arguments, ++i);
                    case "--threads" -> threads = number(arguments, ++i);
                    default -> throw new IllegalArgumentException("unknown option: " + arguments[i]);
                }
            }
            out.print(new DurableThroughput(rounds, tasks, threads, messages).run());
        } catch (IllegalArgumentException wrong) {
            messages.println(wrong.getMessage());
            messages.println(USAGE);
            System.exit(64);
        } catch (Exception failed) {
            failed.printStackTrace(messages);
            System.exit(1);
        }
        System.exit(0);
    }

    private static int number(String[] arguments, int at) {
        if (at == arguments.length || !arguments[at].matches("[1-9][0-9]{0,6}")) {
            throw new IllegalArgumentException(arguments[at - 1] + " needs a whole number from 1 to 9999999");
        }
        return Integer.parseInt(arguments[at]);
    }

    private String run() throws Exception {
        try (Rig rig = Rig.start(threads)) {
            for (Workload workload : Workload.values()) {
                // The first round warms up, and is not counted.
                for (int round = 0; round <= rounds; round++) {
                    for (Contender contender : contenders(rig, workload)) {
                        slice(rig, workload, contender, round);
                    }
                }
            }
        }
        return table();
    }

    private List<Contender> contenders(Rig rig, Workload workload) {
        List<Contender> contenders = new ArrayList<>();
        contenders.add(new BareScheduler(rig.pool(), workload, threads));
        contenders.add(new RespiteDurable(rig.pool(), workload, threads, false));
        if (workload == Workload.EFFECT) {
            contenders.add(new RespiteDurable(rig.pool(), workload, threads, true));
        }
        return contenders;
    }

    private void slice(Rig rig, Workload workload, Contender contender, int round) throws Exception {
        rig.clear(contender.table());
        contender.load(tasks);
        CountDownLatch left = new CountDownLatch(tasks);
        long start = System.nanoTime();
        long nanos;
        try (AutoCloseable running = contender.start(left)) {
            if (!left.await(SLICE_MINUTES, TimeUnit.MINUTES)) {
                throw new IllegalStateException(contender.label() + ": " + left.getCount() + " tasks have not run");
            }
            nanos = System.nanoTime() - start;
        }
        int remaining = rig.count(contender.table());
        if (remaining != (workload == Workload.FAILS ? tasks : 0)) {
            throw new IllegalStateException(contender.label() + ": " + remaining + " rows are left");
        }
        if (workload == Workload.EFFECT && rig.count("ledger") != tasks) {
            throw new IllegalStateException(contender.label() + ": " + rig.count("ledger") + " effects");
        }
        double rate = tasks / (nanos / 1e9);
        if (round > 0) {
            rates.computeIfAbsent(row(workload, contender.label()), unseen -> new ArrayList<>())
                    .add(rate);
        }
        messages.printf(
                Locale.ROOT, "%d/%d  %s, %s: %,.0f per s%n", round, rounds, workload.label(), contender.label(), rate);
    }

    private static String row(Workload workload, String label) {
        return workload.label() + " | " + label;
    }

    private String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "| JDK %s, %d processors, PostgreSQL, %d threads | | tasks per s | ÷ db-scheduler (least–most) |%n|---|---|---:|---:|%n",
                System.getProperty("java.version"),
                Runtime.getRuntime().availableProcessors(),
                threads));
        for (Workload workload : Workload.values()) {
            List<Double> bare = Objects.requireNonNull(rates.get(row(workload, "db-scheduler")));
            rates.forEach((row, own) -> {
                if (row.startsWith(workload.label() + " |")) {
                    table.append(String.format(
                            Locale.ROOT,
                            "| %s | %,.0f | %s |%n",
                            row,
                            median(own),
                            own == bare ? "" : ratio(own, bare)));
                }
            });
        }
        return table.toString();
    }

    private static String ratio(List<Double> own, List<Double> bare) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < own.size(); round++) {
            ratios.add(own.get(round) / bare.get(round));
        }
        double[] sorted =
                ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", median(ratios), sorted[0], sorted[sorted.length - 1]);
    }

    private static double median(List<Double> numbers) {
        double[] sorted = numbers.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
