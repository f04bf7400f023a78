package dev.respite.queue;

import dev.respite.time.TimeSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The calls that wait for one budget, in the order in which they began to wait. Successes release them, as many as {@link
 * ReleaseCredit} allows; while no attempt of any call ends, {@link ProbePause} releases one at a time. Safe for use by any number
 * of threads; released calls go on outside of the lock.
 */
public final class BudgetQueue {

    private final ReentrantLock lock = new ReentrantLock();
    private final ReleaseCredit credit = new ReleaseCredit();
    private final ProbePause pause = new ProbePause();
    private final Set<WaitingCall> waiting = new LinkedHashSet<>();

    /** Calls that wait, or will after their delay. */
    private int admitted;

    /** The end of the pause, while calls wait. */
    private @Nullable Probe probe;

    /** Creates an empty queue. */
    public BudgetQueue() {}

    /**
     * Admits a call that is to wait after its delay.
     *
     * @param maxCalls how many calls may be admitted at a time
     * @param time the time in which the call waits
     * @return the call's place, or empty if as many calls are admitted already
     */
    public Optional<WaitingCall> admit(int maxCalls, TimeSource time) {
        lock.lock();
        try {
            if (admitted >= maxCalls) {
                return Optional.empty();
            }
            admitted++;
            return Optional.of(new WaitingCall(this, time));
        } finally {
            lock.unlock();
        }
    }

    /** {@return the number of calls that wait, or will after their delay} */
    public int admitted() {
        lock.lock();
        try {
            return admitted;
        } finally {
            lock.unlock();
        }
    }

    /** A call begins to wait, behind all others. */
    void add(WaitingCall call) {
        @Nullable Probe first = null;
        lock.lock();
        try {
            if (call.isWaiting()) {
                waiting.add(call);
                if (probe == null) {
                    first = new Probe(call.time());
                    probe = first;
                }
            }
        } finally {
            lock.unlock();
        }
        if (first != null) {
            first.set();
        }
    }

    /** A call that was admitted waits no longer. Called once for each. */
    void remove(WaitingCall call) {
        @Nullable Probe last = null;
        lock.lock();
        try {
            admitted--;
            waiting.remove(call);
            if (waiting.isEmpty()) {
                last = probe;
                probe = null;
            }
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.stop();
        }
    }

    /**
     * Releases calls for an attempt of any call that has succeeded.
     *
     * @param latencyNanos the latency of the attempt
     * @param now the time, in nanoseconds
     */
    public void succeeded(long latencyNanos, long now) {
        for (WaitingCall call : next(latencyNanos, now)) {
            if (!call.release(false)) {
                refund();
            }
        }
    }

    private List<WaitingCall> next(long latencyNanos, long now) {
        lock.lock();
        try {
            pause.attempted(true, now);
            credit.succeeded(latencyNanos, now);
            if (waiting.isEmpty()) {
                return List.of();
            }
            List<WaitingCall> next = new ArrayList<>(2);
            Iterator<WaitingCall> first = waiting.iterator();
            while (first.hasNext() && credit.take()) {
                next.add(first.next());
                first.remove();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Refunds the release credit of a call that was released but makes no retry. */
    public void refund() {
        lock.lock();
        try {
            credit.refund();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records that an attempt of any call has failed, other than by its timeout.
     *
     * @param now the time, in nanoseconds
     */
    public void failed(long now) {
        lock.lock();
        try {
            pause.attempted(false, now);
            credit.failed(now);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records that an attempt of any call has reached its timeout.
     *
     * @param latencyNanos the latency of the attempt
     * @param now the time, in nanoseconds
     */
    public void timedOut(long latencyNanos, long now) {
        lock.lock();
        try {
            pause.attempted(false, now);
            credit.timedOut(latencyNanos, now);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Records that the retry of a call that was released has failed.
     *
     * @param afterPause whether it was released since no attempt had ended
     */
    public void releasedFailed(boolean afterPause) {
        lock.lock();
        try {
            credit.releasedFailed();
            if (afterPause) {
                pause.probeFailed();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Releases a call at the end of a pause in which no attempt of any call has ended. */
    private final class Probe implements TimeSource.Task {

        private final TimeSource time;
        private volatile @Nullable Future<?> scheduled;

        Probe(TimeSource time) {
            this.time = time;
        }

        void set() {
            try {
                scheduled = time.schedule(this, nanosLeft());
            } catch (Throwable ended) {
                // The time source schedules nothing any more, and so ends the waits, too.
                return;
            }
            if (!isCurrent()) {
                stop();
            }
        }

        void stop() {
            Future<?> set = scheduled;
            if (set != null) {
                set.cancel(false);
            }
        }

        private long nanosLeft() {
            long now = time.nanoTime();
            lock.lock();
            try {
                return pause.nanosLeft(now);
            } finally {
                lock.unlock();
            }
        }

        private boolean isCurrent() {
            lock.lock();
            try {
                return probe == this;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void run() {
            long now = time.nanoTime();
            @Nullable WaitingCall first = null;
            lock.lock();
            try {
                if (probe != this) {
                    return;
                }
                if (pause.nanosLeft(now) <= 0 && !waiting.isEmpty()) {
                    first = waiting.iterator().next();
                    // The next pause begins now, whether or not the call makes its retry.
                    pause.attempted(false, now);
                }
            } finally {
                lock.unlock();
            }
            if (first != null) {
                boolean unused = first.release(true);
            }
            if (isCurrent()) {
                set();
            }
        }
    }
}
