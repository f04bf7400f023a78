package dev.respite.torture;

import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes one thread of a worker stand still at a step, tells whoever has asked for that, and waits to be let go; or to be
 * killed there.
 */
final class Breakpoints {

    private final PrintStream out;
    private final AtomicReference<Optional<Step>> armed = new AtomicReference<>(Optional.empty());
    private final Semaphore resumed = new Semaphore(0);

    Breakpoints(PrintStream out) {
        this.out = out;
    }

    /** The next thread that comes to the step stands still. */
    void arm(Step step) {
        armed.set(Optional.of(step));
    }

    /** Lets the thread go that stands still; if none does yet, none will. */
    void resume() {
        if (armed.getAndSet(Optional.empty()).isEmpty()) {
            resumed.release();
        }
    }

    void reach(Step step) {
        Optional<Step> wanted = armed.get();
        if (wanted.equals(Optional.of(step)) && armed.compareAndSet(wanted, Optional.empty())) {
            out.println(ControlProtocol.PAUSED_AT + step.name());
            resumed.acquireUninterruptibly();
        }
    }
}
