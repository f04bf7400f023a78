package dev.respite.budget;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.FleetSpec;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;

/**
 * The default budget of one client, for any number of threads. {@link FleetAccounts} decides; a lock guards that.
 *
 * <p>A success of a call that began within 10 ms of another's, to accounts that are full, changes nothing: such successes cost
 * two volatile reads, and no lock. At most one latency in 10 ms counts; where calls take much longer than that, more are
 * measured.
 */
final class FleetBudget implements RetryBudget {

    /** Successes within this time of each other count as simultaneous. */
    private static final long TICK_NANOS = 10_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final FleetAccounts accounts;

    /** The time of the success that found the accounts full. */
    private volatile long fullSince;

    private volatile boolean full;
    private volatile long sampledAt;
    private volatile boolean sampled;

    /**
     * A budget.
     *
     * @param filled the fraction of the tokens and credit of a new client that it begins with, from 0 to 1
     */
    FleetBudget(FleetSpec spec, double filled) {
        this.accounts = new FleetAccounts(spec, filled);
    }

    FleetBudget(FleetAccounts accounts) {
        this.accounts = accounts;
    }

    /** A budget in the place of this one: with what this has, within the limits of the new specification. */
    FleetBudget with(FleetSpec spec) {
        lock.lock();
        try {
            return new FleetBudget(new FleetAccounts(spec, accounts));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ClockUse clockUse() {
        return ClockUse.LATENCY;
    }

    /** Without a time: as of the last one that is known. */
    @Override
    public void succeeded() {
        lock.lock();
        try {
            accounts.succeeded();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void succeeded(long startNanos) {
        if (full && isWithinTick(startNanos - fullSince)) {
            return;
        }
        lock.lock();
        try {
            accounts.succeeded(startNanos);
            settle(startNanos);
        } finally {
            lock.unlock();
        }
    }

    private static boolean isWithinTick(long nanos) {
        return nanos < TICK_NANOS && nanos > -TICK_NANOS;
    }

    private void settle(long now) {
        fullSince = now;
        full = accounts.isFull();
    }

    @Override
    public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
        lock.lock();
        try {
            accounts.succeededAfterRetry(lastRetried, nowNanos);
            settle(nowNanos);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean wantsLatency(long startNanos) {
        return !sampled || !isWithinTick(startNanos - sampledAt);
    }

    @Override
    public void recordLatency(long latencyNanos, long nowNanos) {
        if (sampled && isWithinTick(nowNanos - sampledAt)) {
            return;
        }
        lock.lock();
        try {
            accounts.sample(latencyNanos, nowNanos);
            sampledAt = nowNanos;
            sampled = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void failed(FailedAttempt failed) {
        lock.lock();
        try {
            accounts.failed(failed);
        } finally {
            lock.unlock();
        }
    }

    /** Without an attempt: an error of the first attempt, as of the last time that is known, granted only by whole retries. */
    @Override
    public boolean tryAcquire(ErrorKind kind) {
        return tryAcquire(new FailedAttempt(kind, 1, fullSince, 0), () -> 1).isPresent();
    }

    /** The number is drawn while no lock is held, and only where it is needed: the source may be the user's. */
    @Override
    public Optional<Grant> tryAcquire(FailedAttempt failed, DoubleSupplier random) {
        OptionalDouble drawn = OptionalDouble.empty();
        while (true) {
            lock.lock();
            try {
                if (drawn.isPresent() || accounts.isCertain(failed)) {
                    double number = drawn.orElse(0);
                    full = false;
                    return accounts.take(failed, () -> number);
                }
            } finally {
                lock.unlock();
            }
            drawn = OptionalDouble.of(random.getAsDouble());
        }
    }

    @Override
    public void refund(ErrorKind kind) {
        refund(new Grant(kind, 1, 1));
    }

    @Override
    public void refund(Grant grant) {
        lock.lock();
        try {
            full = false;
            accounts.refund(grant);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public double retriesLeft() {
        lock.lock();
        try {
            return accounts.retriesLeft();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public double overloadRetriesLeft() {
        lock.lock();
        try {
            return accounts.overloadRetriesLeft();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the retries that are left, as of the last change. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "retries left: %.1f, of overload signals: %.1f", retriesLeft(), overloadRetriesLeft());
    }
}
