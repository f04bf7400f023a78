package dev.respite.torture.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A POSIX signal. */
enum Signal {
    KILL,
    TERM,
    STOP,
    CONT;

    /** Sends the signal. Has no effect if the process has ended. */
    void to(long pid) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int unused = kill.waitFor();
        } catch (IOException failure) {
            throw new UncheckedIOException("the program 'kill' cannot be run", failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
