package dev.respite.torture.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Pauses one thread of a worker at a step, reports that on the given stream, and waits until it is resumed or the process is
 * killed.
 */
public final class Breakpoints {

    private final PrintStream out;
    private final AtomicReference<Optional<Step>> armed = new AtomicReference<>(Optional.empty());
    private final Semaphore resumed = new Semaphore(0);

    private Breakpoints(PrintStream out) {
        this.out = out;
    }

    /** Returns the breakpoints of this process, which its parent controls by standard input. The process ends with its parent. */
    public static Breakpoints ofThisProcess() {
        Breakpoints breakpoints = new Breakpoints(System.out);
        DaemonThreads.start("commands", breakpoints::readCommands);
        return breakpoints;
    }

    private void readCommands() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(ControlProtocol.PAUSE_AT)) {
                    armed.set(Optional.of(Step.valueOf(line.substring(ControlProtocol.PAUSE_AT.length()))));
                } else if (line.equals(ControlProtocol.RESUME)) {
                    resume();
                }
            }
        } catch (IOException gone) {
            System.err.println("standard input cannot be read: " + gone);
        }
        Runtime.getRuntime().halt(0);
    }

    /** Resumes the paused thread. If none has paused yet, disarms the breakpoint. */
    private void resume() {
        if (armed.getAndSet(Optional.empty()).isEmpty()) {
            resumed.release();
        }
    }

    /** Reports that the effect of a transfer begins. If this process is killed from now on, its outcome is unknown. */
    public void effectBegins(int number) {
        out.println(ControlProtocol.EFFECT_BEGINS + number);
    }

    /** Reports that an effect has failed, so that a later kill of this process is not the reason of its outcome. */
    public void effectFailed(int number) {
        out.println(ControlProtocol.EFFECT_FAILED + number);
    }

    /** Pauses the thread if the breakpoint is armed for this step. */
    public void reach(Step step) {
        Optional<Step> wanted = armed.get();
        if (wanted.equals(Optional.of(step)) && armed.compareAndSet(wanted, Optional.empty())) {
            out.println(ControlProtocol.PAUSED_AT + step.name());
            resumed.acquireUninterruptibly();
        }
    }
}
