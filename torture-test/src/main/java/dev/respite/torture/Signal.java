package dev.respite.torture;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What can be done to a process from outside. */
enum Signal {
    KILL,
    TERM,
    STOP,
    CONT;

    /** Sends it. A process that is gone already is no error. */
    void to(long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int unused = kill.waitFor();
        } catch (IOException failure) {
            throw new UncheckedIOException("'kill' cannot be run", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
