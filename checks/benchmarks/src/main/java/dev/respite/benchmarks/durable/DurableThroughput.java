package dev.respite.benchmarks.durable;

import dev.respite.benchmarks.report.Options;
import dev.respite.benchmarks.report.Results;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Measures how many due tasks a second are run by db-scheduler and by Respite on it. Some succeed, some fail and are due again, and
 * some have an effect in the same database.
 *
 * <p>The contenders take turns, a slice each, on the same server and through the same pool. A slice ends when the last of its tasks
 * has run. A ratio is of two slices of one round. The table has the median of the rounds, and the lowest and the highest.
 */
public final class DurableThroughput {

    private static final String USAGE = """
            usage: bin/bench --durable [--rounds N] [--tasks N]
              --rounds N   slices of each row; 5 by default
              --tasks N    tasks of a slice; 4000 by default
            The JDK is that of JAVA_HOME. The table goes to stdout, messages to stderr.""";

    private static final long SLICE_MINUTES = 5;

    /** Rounds that are not counted, in which the virtual machine compiles. */
    private static final int WARMUP_ROUNDS = 10;

    private final int rounds;
    private final int tasks;
    private final PrintStream messages;
    private final Results<Row, Double> rates = new Results<>();

    private DurableThroughput(int rounds, int tasks, PrintStream messages) {
        this.rounds = rounds;
        this.tasks = tasks;
        this.messages = messages;
    }

    /** A contender with a kind of tasks. */
    private record Row(Workload workload, String contender) {

        Row bare() {
            return new Row(workload, BareScheduler.LABEL);
        }

        @Override
        public String toString() {
            return workload.label() + ", " + contender;
        }
    }

    /**
     * Runs the benchmark.
     *
     * @param arguments the options of the usage
     */
    public static void main(String[] arguments) {
        Options.run(USAGE, arguments, (options, messages) -> {
            DurableThroughput measurement =
                    new DurableThroughput(options.number("--rounds", 5), options.number("--tasks", 4_000), messages);
            options.end();
            return measurement.run();
        });
    }

    private String run() throws Exception {
        try (Rig rig = Rig.start()) {
            for (Workload workload : Workload.values()) {
                for (int round = 1 - WARMUP_ROUNDS; round <= rounds; round++) {
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
        contenders.add(new BareScheduler(rig.pool(), workload));
        contenders.add(new RespiteDurable(rig.pool(), workload, false));
        if (workload == Workload.EFFECT) {
            contenders.add(new RespiteDurable(rig.pool(), workload, true));
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
        Row row = new Row(workload, contender.label());
        if (round > 0) {
            rates.add(row, rate);
        }
        messages.printf(Locale.ROOT, "%d/%d  %s: %,.0f per s%n", round, rounds, row, rate);
    }

    private String table() {
        StringBuilder table = new StringBuilder("| " + Results.machine() + ", PostgreSQL, " + Rig.THREADS
                + " threads | | tasks per s | ÷ db-scheduler (least–greatest) |\n|---|---|---:|---:|\n");
        for (Row row : rates.rows()) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %,.0f | %s |%n",
                    row.workload().label(),
                    row.contender(),
                    rates.median(row, rate -> rate),
                    rates.ratio(row, row.bare(), rate -> rate)));
        }
        return table.toString();
    }
}
