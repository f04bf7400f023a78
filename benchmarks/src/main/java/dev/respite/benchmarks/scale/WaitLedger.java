package dev.respite.benchmarks.scale;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The book of all calls: how long each is to wait, when its wait was over, and how late its second attempt came. It is
 * made beforehand, so that what grows while calls wait belongs to the library that makes them wait.
 */
final class WaitLedger {

    private static final Object VALUE = new Object();
    private static final long NOT_YET = Long.MIN_VALUE;

    private final FailedCall[] refusals;
    private final int[] delays;
    private final AtomicLongArray due;
    private final AtomicLongArray lateness;

    private WaitLedger(FailedCall[] refusals, int calls) {
        this.refusals = refusals;
        this.delays = new SplittableRandom(42).ints(calls, 0, refusals.length).toArray();
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

    /** How long a call is to wait. */
    long delayMillis(int call) {
        return refusals[delays[call]].delayMillis();
    }

    /** An attempt of a call: the first fails at once, the second says how late it is and succeeds. */
    CompletableFuture<Object> attempt(int call) {
        long now = System.nanoTime();
        long end = due.getAcquire(call);
        if (end == NOT_YET) {
            due.setRelease(call, now + delayMillis(call) * 1_000_000);
            return CompletableFuture.failedFuture(refusals[delays[call]]);
        }
        if (!lateness.compareAndSet(call, NOT_YET, now - end)) {
            throw new IllegalStateException("call " + call + " has come a third time");
        }
        return CompletableFuture.completedFuture(VALUE);
    }

    /** Whether all first attempts were made. */
    boolean allFailed() {
        return count(due) == delays.length;
    }

    /** How many second attempts were made. */
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

    /** How late the second attempts were, in nanoseconds, the least first. */
    long[] latenesses() {
        long[] sorted = new long[delays.length];
        Arrays.setAll(sorted, lateness::getAcquire);
        Arrays.sort(sorted);
        return sorted;
    }
}
