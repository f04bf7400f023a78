package dev.respite.benchmarks.scale;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A virtual machine that runs one {@link Round}. */
final class RoundProcess {

    /** Room for a million of the largest, all pages there from the start, and a collector that does not depend on the machine. */
    private static final List<String> HEAP = List.of("-Xms6g", "-Xmx6g", "-XX:+AlwaysPreTouch", "-XX:+UseG1GC");

    private RoundProcess() {}

    static ScaleFigures run(ScaleRow row) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command(row)).redirectError(Redirect.INHERIT).start();
        Thread killer = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(killer);
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line = out.readLine();
            int status = process.waitFor();
            if (status != 0 || line == null) {
                throw new IOException(row + ": the round has failed with status " + status);
            }
            return ScaleFigures.read(line);
        } finally {
            Runtime.getRuntime().removeShutdownHook(killer);
            process.destroy();
        }
    }

    private static List<String> command(ScaleRow row) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(HEAP);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Round.class.getName());
        command.add(row.contender().name());
        command.add(Integer.toString(row.calls()));
        return command;
    }
}
