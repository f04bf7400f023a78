package dev.respite.benchmarks.scale;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * One measurement of one library, in a process of its own. All calls are started and fail, the heap is measured while they wait,
 * and then they end.
 *
 * <p>All delays are longer by a common pause, so that the heap can be measured before the first retry is due.
 */
final class Round {

    /** Few at a time, so that no queue has grown before it is measured. */
    private static final int WARMUP_CALLS = 5_000;

    private static final int WARMUPS = 30;

    private final Retries retries;
    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Round(Retries retries) {
        this.retries = retries;
    }

    /**
     * Runs it and prints one line of figures.
     *
     * @param arguments the name of the library and the number of calls
     */
    public static void main(String[] arguments) throws InterruptedException {
        int calls = Integer.parseInt(arguments[1]);
        System.out.println(new Round(MeasuredLibrary.valueOf(arguments[0]).make())
                .run(calls)
                .toLine());
        // The threads of the library are not awaited.
        System.exit(0);
    }

    /** Time to start all of them and to collect garbage, in milliseconds. */
    static int pause(int calls) {
        return 3_000 + calls / 70;
    }

    private ScaleFigures run(int calls) throws InterruptedException {
        warmUp();
        WaitLedger ledger = WaitLedger.of(calls, pause(calls) + 1_000, pause(calls) + 5_000);
        CompletionStage<?>[] results = new CompletionStage<?>[calls];
        long empty = liveHeap();
        long cpu = system.getProcessCpuTime();

        start(ledger, results);
        cpu -= system.getProcessCpuTime();
        long full = liveHeap();
        cpu += system.getProcessCpuTime();
        if (ledger.retried() > 0) {
            throw new IllegalStateException("the heap was measured too late: a retry was made already");
        }
        await(results);

        double seconds = (system.getProcessCpuTime() - cpu) / 1e9;
        long[] late = ledger.latenesses();
        if (late[0] < 0) {
            throw new IllegalStateException("a retry was early by " + -late[0] + " ns");
        }
        return new ScaleFigures((double) (full - empty) / calls, millis(late, 0.5), millis(late, 0.99), seconds);
    }

    private void warmUp() throws InterruptedException {
        CompletionStage<?>[] results = new CompletionStage<?>[WARMUP_CALLS];
        for (int i = 0; i < WARMUPS; i++) {
            start(WaitLedger.of(WARMUP_CALLS, 1, 50), results);
            await(results);
        }
    }

    private void start(WaitLedger ledger, CompletionStage<?>[] results) throws InterruptedException {
        for (int call = 0; call < results.length; call++) {
            results[call] = retries.start(ledger, call);
        }
        while (!ledger.allFailed()) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static void await(CompletionStage<?>[] results) {
        for (CompletionStage<?> result : results) {
            result.toCompletableFuture().join();
        }
    }

    /** Bytes that are reachable. The second collection frees the objects that the first has only found. */
    private static long liveHeap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static double millis(long[] sorted, double quantile) {
        return sorted[(int) Math.ceil(quantile * sorted.length) - 1] / 1e6;
    }
}
