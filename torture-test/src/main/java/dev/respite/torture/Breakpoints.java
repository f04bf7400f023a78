package dev.respite.torture;

import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Pauses one thread of a worker at a step, reports that on the given stream, and waits until it is resumed or the process is
 * killed.
 */
final class Breakpoints {

    private final PrintStream out;
    private final AtomicReference<Optional<Step>> armed = new AtomicReference<>(Optional.empty());
    private final Semaphore resumed = new Semaphore(0);

    Breakpoints(PrintStream out) {
        this.out = out;
    }

    /** Arms the breakpoint: the next thread that reaches the step pauses. */
    void arm(Step step) {
        armed.set(Optional.of(step));
    }

    /** Resumes the paused thread. If none has paused yet, disarms the breakpoint. */
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
