package dev.respite.benchmarks.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java process that answers each line on its standard input with a line on its standard output. */
final class LineProcess implements AutoCloseable {

    /** A heap that has all its pages at once, and one collector for all: page faults and defaults are no part of a request. */
    private static final List<String> JVM = List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch", "-XX:+UseG1GC");

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

    static LineProcess start(Class<?> main, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        return new LineProcess(
                main.getSimpleName() + arguments,
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start());
    }

    String exchange(String line) throws IOException {
        in.println(line);
        return readLine();
    }

    String readLine() throws IOException {
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
