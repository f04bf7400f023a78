package dev.respite.sim;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A virtual machine that runs a main class of these tests. It reads orders from its standard input and ends when that is
 * closed. The system closes it when this process ends, even if it is killed, so no child outlives it.
 */
final class ChildJvm implements Closeable {

    private final String name;
    private final Process process;
    private final BufferedReader output;

    private ChildJvm(String name, Process process) {
        this.name = name;
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static ChildJvm start(Class<?> main, List<String> options, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx256m");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
        return new ChildJvm(main.getSimpleName(), builder.start());
    }

    void send(String order) {
        try {
            process.getOutputStream().write((order + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException ended) {
            throw new UncheckedIOException(hasEnded(), ended);
        }
    }

    /** Waits for the next line of its output. */
    String readLine() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException(hasEnded());
        }
        return line;
    }

    private String hasEnded() {
        return name + ", process " + process.pid() + ", has ended; its standard error has the reason";
    }

    /**
     * Stops the process for a time by a signal, and returns when it continues. A shell sends both signals, so the process
     * continues if this one is ended meanwhile.
     */
    void pause(Duration time) {
        String script = "trap '' HUP INT TERM; kill -STOP \"$1\"; sleep \"$2\"; kill -CONT \"$1\"";
        String pid = Long.toString(process.pid());
        String seconds = BigDecimal.valueOf(time.toMillis(), 3).toPlainString();
        try {
            Process shell = new ProcessBuilder("sh", "-c", script, "pause", pid, seconds)
                    .redirectError(Redirect.INHERIT)
                    .start();
            if (shell.waitFor() != 0) {
                throw new IOException(name + ", process " + pid + ", was not paused; standard error has the reason");
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", ended);
        }
    }

    /** Closes its standard input, as the end of this process does, and returns whether it ended in that time. */
    boolean endsWithItsInput(Duration limit) throws IOException, InterruptedException {
        process.getOutputStream().close();
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
