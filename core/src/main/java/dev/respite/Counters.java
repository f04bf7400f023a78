package dev.respite;

import dev.respite.RetryEvent.BudgetWaitEnded;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** Counts calls, attempts and waits. A call that succeeds at once costs one addition; who wants to know reads. */
final class Counters {

    /** Kinds of error beyond these are counted as {@link ErrorKind#OTHER}. */
    private static final int MAX_KINDS = 64;

    private final LongAdder succeededAtOnce = new LongAdder();
    private final LongAdder delayedNanos = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder multiplied = new LongAdder();
    private final LongAdder waitsBegun = new LongAdder();
    private final LongAdder waitedNanos = new LongAdder();

    /** The waits that have ended; filled once, so that it is read without a lock. */
    private final Map<BudgetWaitEnded.Result, LongAdder> waits = new EnumMap<>(BudgetWaitEnded.Result.class);

    /** The other calls; filled once, so that it is read without a lock. */
    private final Map<StopReason, LongAdder> others = new EnumMap<>(StopReason.class);

    /** The other calls by their number of attempts, and the attempts of those that had more than are counted apart. */
    private final LongAdder[] sizes = new LongAdder[RetryCounts.MAX_COUNTED_ATTEMPTS];

    private final LongAdder manyAttempts = new LongAdder();

    /** Few, and nearly always constants: a scan by identity finds them sooner than any map. */
    private final AtomicReference<Errors[]> kinds = new AtomicReference<>(new Errors[0]);

    private record Errors(ErrorKind kind, LongAdder count) {}

    Counters() {
        for (StopReason reason : StopReason.values()) {
            others.put(reason, new LongAdder());
        }
        for (BudgetWaitEnded.Result result : BudgetWaitEnded.Result.values()) {
            waits.put(result, new LongAdder());
        }
        Arrays.setAll(sizes, size -> new LongAdder());
    }

    void succeededAtOnce() {
        succeededAtOnce.increment();
    }

    void ended(int attempts, StopReason reason) {
        Objects.requireNonNull(others.get(reason)).increment();
        if (attempts < RetryCounts.MAX_COUNTED_ATTEMPTS) {
            sizes[attempts - 1].increment();
        } else {
            sizes[RetryCounts.MAX_COUNTED_ATTEMPTS - 1].increment();
            manyAttempts.add(attempts);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a guess that is nearly always right; the rest is looked up by equals
    void failed(ErrorKind kind) {
        for (Errors known : kinds.get()) {
            if (known.kind() == kind) {
                known.count().increment();
                return;
            }
        }
        countOf(kind).increment();
    }

    void delayed(long nanos) {
        if (nanos > 0) {
            delayedNanos.add(nanos);
        }
    }

    void rejected() {
        rejected.increment();
    }

    void multiplied() {
        multiplied.increment();
    }

    void waitBegun() {
        waitsBegun.increment();
    }

    void waitEnded(BudgetWaitEnded.Result result, Duration waited) {
        Objects.requireNonNull(waits.get(result)).increment();
        waitedNanos.add(waited.toNanos());
    }

    private LongAdder countOf(ErrorKind kind) {
        while (true) {
            Errors[] now = kinds.get();
            for (Errors known : now) {
                if (known.kind().equals(kind)) {
                    return known.count();
                }
            }
            if (now.length > MAX_KINDS) {
                return countOf(ErrorKind.OTHER);
            }
            // The last place is for the others.
            Errors added = new Errors(now.length < MAX_KINDS ? kind : ErrorKind.OTHER, new LongAdder());
            Errors[] next = Arrays.copyOf(now, now.length + 1);
            next[now.length] = added;
            if (kinds.compareAndSet(now, next)) {
                return added.count();
            }
        }
    }

    /** Returns the number of calls that have ended. */
    long calls() {
        long calls = succeededAtOnce.sum();
        for (LongAdder size : sizes) {
            calls += size.sum();
        }
        return calls;
    }

    private RetryCounts.BudgetWaits readWaits() {
        Map<BudgetWaitEnded.Result, Long> ended = new EnumMap<>(BudgetWaitEnded.Result.class);
        waits.forEach((result, count) -> ended.put(result, count.sum()));
        // Read last: a wait that has ended in the meantime has begun too.
        return new RetryCounts.BudgetWaits(waitsBegun.sum(), ended, Duration.ofNanos(waitedNanos.sum()));
    }

    RetryCounts read() {
        long atOnce = succeededAtOnce.sum();
        Map<StopReason, Long> endings = new EnumMap<>(StopReason.class);
        others.forEach((reason, ended) -> {
            long calls = ended.sum() + (reason == StopReason.ACCEPTED ? atOnce : 0);
            if (calls > 0) {
                endings.put(reason, calls);
            }
        });
        long calls = endings.values().stream().mapToLong(Long::longValue).sum();
        List<Long> bySize = new ArrayList<>();
        long attempts = manyAttempts.sum() + atOnce;
        for (int i = 0; i < sizes.length; i++) {
            long ofSize = sizes[i].sum();
            bySize.add(i == 0 ? ofSize + atOnce : ofSize);
            attempts += i < sizes.length - 1 ? ofSize * (i + 1) : 0;
        }
        Map<ErrorKind, Long> errors = new HashMap<>();
        for (Errors known : kinds.get()) {
            errors.merge(known.kind(), known.count().sum(), Long::sum);
        }
        Duration delays = Duration.ofNanos(delayedNanos.sum());
        return new RetryCounts(
                calls, attempts, endings, errors, bySize, delays, rejected.sum(), readWaits(), multiplied.sum());
    }
}
