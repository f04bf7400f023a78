package dev.respite.benchmarks.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java process that writes a line to its standard output for each line on its standard input. */
public final class LineProcess implements AutoCloseable {

    private final String name;
    private final Process process;
    private final PrintStream in;
    private final BufferedReader out;
    private final Thread killer;

    private LineProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        this.out = process.inputReader(StandardCharsets.UTF_8);
        this.killer = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /**
     * Starts a process with the class path of this one. Its heap has all its pages from the start, and its collector does not depend
     * on the machine: page faults and defaults are no part of a measurement.
     *
     * @param heap the size of its heap, such as {@code 256m}
     * @param main its main class
     * @param arguments the arguments of that
     * @return the process
     * @throws IOException if it cannot be started
     */
    public static LineProcess start(String heap, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + heap,
                "-Xmx" + heap,
                "-XX:+AlwaysPreTouch",
                "-XX:+UseG1GC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new LineProcess(
                main.getSimpleName() + List.of(arguments),
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    /**
     * Writes a line and reads the one that it leads to.
     *
     * @param line the line
     * @return the line that the process writes
     * @throws IOException if the process has ended
     */
    public String exchange(String line) throws IOException {
        in.println(line);
        return readLine();
    }

    /**
     * Reads a line.
     *
     * @return the next line that the process writes
     * @throws IOException if the process has ended
     */
    public String readLine() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException(name + " has ended: its messages are above");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
