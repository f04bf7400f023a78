package dev.respite.torture;

import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes one thread of a worker stand still at a step, tells whoever has asked for that, and waits to be let go; or to be
 * killed there.
 */
final class Steps {

    private final PrintStream told;
    private final AtomicReference<Optional<Step>> armed = new AtomicReference<>(Optional.empty());
    private final Semaphore mayGo = new Semaphore(0);

    Steps(PrintStream told) {
        this.told = told;
    }

    /** The next thread that comes to the step stands still. */
    void stopAt(Step step) {
        armed.set(Optional.of(step));
    }

    /** Lets the thread go that stands still; if none does yet, none will. */
    void go() {
        if (armed.getAndSet(Optional.empty()).isEmpty()) {
            mayGo.release();
        }
    }

    void reach(Step step) {
        Optional<Step> wanted = armed.get();
        if (wanted.equals(Optional.of(step)) && armed.compareAndSet(wanted, Optional.empty())) {
            told.println(Words.AT + step.name());
            mayGo.acquireUninterruptibly();
        }
    }
}
