package dev.respite;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The calls that wait for one budget, in the order in which they began to wait. Successes release them; what one releases is
 * decided by {@link ReleaseCredit}. Safe for use by any number of threads; a call goes on outside of the lock.
 */
final class BudgetQueue {

    private final ReentrantLock lock = new ReentrantLock();
    private final ReleaseCredit credit = new ReleaseCredit();
    private final Set<WaitingCall> waiting = new LinkedHashSet<>();

    /** Calls that wait, or will after their delay. */
    private int admitted;

    /** Admits a call that is to wait after its delay; empty if as many as the given number are admitted already. */
    Optional<WaitingCall> admit(int maxCalls, TimeSource time) {
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

    /** How many calls wait, or will after their delay. */
    int admitted() {
        lock.lock();
        try {
            return admitted;
        } finally {
            lock.unlock();
        }
    }

    /** A call begins to wait, behind all others. */
    void add(WaitingCall call) {
        lock.lock();
        try {
            if (call.isWaiting()) {
                waiting.add(call);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A call that was admitted waits no longer. Called once for each. */
    void remove(WaitingCall call) {
        lock.lock();
        try {
            admitted--;
            waiting.remove(call);
        } finally {
            lock.unlock();
        }
    }

    /** An attempt of any call has succeeded: calls that wait are released for it. */
    void succeeded(long latencyNanos, long now) {
        for (WaitingCall call : next(latencyNanos, now)) {
            if (!call.release()) {
                giveBack();
            }
        }
    }

    private List<WaitingCall> next(long latencyNanos, long now) {
        lock.lock();
        try {
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

    /** A call that was to be released has left the queue at the same moment. */
    private void giveBack() {
        lock.lock();
        try {
            credit.giveBack();
        } finally {
            lock.unlock();
        }
    }

    /** An attempt of any call has failed, other than by its timeout. */
    void failed(long now) {
        lock.lock();
        try {
            credit.failed(now);
        } finally {
            lock.unlock();
        }
    }

    /** An attempt of any call has run into its timeout. */
    void timedOut(long latencyNanos, long now) {
        lock.lock();
        try {
            credit.timedOut(latencyNanos, now);
        } finally {
            lock.unlock();
        }
    }

    /** The retry of a call that was released has failed. */
    void releasedFailed() {
        lock.lock();
        try {
            credit.releasedFailed();
        } finally {
            lock.unlock();
        }
    }
}
