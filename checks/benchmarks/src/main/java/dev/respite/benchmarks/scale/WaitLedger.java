package dev.respite.benchmarks.scale;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The delay of each call, the end of its wait, and the lateness of its second attempt. It is made before the measurement, so that
 * the heap that grows while calls wait belongs to the library.
 */
final class WaitLedger {

    private static final Object VALUE = new Object();
    private static final long NOT_YET = Long.MIN_VALUE;

    private final FailedCall[] failures;
    private final int[] delays;
    private final AtomicLongArray due;
    private final AtomicLongArray lateness;

    private WaitLedger(FailedCall[] failures, int calls) {
        this.failures = failures;
        this.delays = new SplittableRandom(42).ints(calls, 0, failures.length).toArray();
        this.due = unwritten(calls);
        this.lateness = unwritten(calls);
    }

    /** Delays are whole milliseconds, since some peers know nothing finer, and the same in each run. */
    static WaitLedger of(int calls, int leastMillis, int mostMillis) {
        return new WaitLedger(FailedCall.between(leastMillis, mostMillis), calls);
    }

    private static AtomicLongArray unwritten(int length) {
        long[] numbers = new long[length];
        Arrays.fill(numbers, NOT_YET);
        return new AtomicLongArray(numbers);
    }

    /** Returns the delay of a call. */
    long delayMillis(int call) {
        return failures[delays[call]].delayMillis();
    }

    /** Makes an attempt of a call. The first fails at once; the second records its lateness and succeeds. */
    CompletableFuture<Object> attempt(int call) {
        long now = System.nanoTime();
        long end = due.getAcquire(call);
        if (end == NOT_YET) {
            due.setRelease(call, now + delayMillis(call) * 1_000_000);
            return CompletableFuture.failedFuture(failures[delays[call]]);
        }
        if (!lateness.compareAndSet(call, NOT_YET, now - end)) {
            throw new IllegalStateException("call " + call + " has come a third time");
        }
        return CompletableFuture.completedFuture(VALUE);
    }

    /** Returns whether all first attempts were made. */
    boolean allFailed() {
        return count(due) == delays.length;
    }

    /** Returns the number of second attempts. */
    int retried() {
        return count(lateness);
    }

    private static int count(AtomicLongArray numbers) {
        int written = 0;
        for (int i = 0; i < numbers.length(); i++) {
            if (numbers.getAcquire(i) != NOT_YET) {
                written++;
            }
        }
        return written;
    }

    /** Returns the lateness of the second attempts in nanoseconds, in ascending order. */
    long[] latenesses() {
        long[] sorted = new long[delays.length];
        Arrays.setAll(sorted, lateness::getAcquire);
        Arrays.sort(sorted);
        return sorted;
    }
}
