package dev.respite.http.exchange;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The turn to be read by the caller's reader. One of the two attempts of a hedged call has it at a time: the one whose response arrives
 * first. A response that arrives meanwhile waits, and is read if the other attempt fails.
 */
final class ReadingTurn {

    private final AtomicReference<@Nullable ExchangeAttempt> holder = new AtomicReference<>();
    private final AtomicReference<@Nullable Waiting> waiting = new AtomicReference<>();

    private record Waiting(ExchangeAttempt attempt, Runnable task) {}

    /** Returns whether no attempt has the turn. */
    boolean isFree() {
        return holder.get() == null;
    }

    /** Returns whether the attempt has the turn, or gets it now. */
    boolean take(ExchangeAttempt attempt) {
        return holder.compareAndSet(null, attempt) || holder.get() == attempt;
    }

    /** Runs a task when the attempt has the turn; never, if the call ends before. */
    void whenTaken(ExchangeAttempt attempt, Runnable task) {
        waiting.set(new Waiting(attempt, task));
        passOn();
    }

    /** The attempt has failed: the one that waits has the turn. */
    void release(ExchangeAttempt attempt) {
        if (holder.compareAndSet(attempt, null)) {
            passOn();
        }
    }

    private void passOn() {
        Waiting next = waiting.get();
        if (next != null && take(next.attempt()) && waiting.compareAndSet(next, null)) {
            next.task().run();
        }
    }
}
