package dev.respite.benchmarks.simulator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the simulator: its speed beside a bare event loop with the same events, the heap of a pending call, and a fleet
 * of 100,000 clients with 10 million calls in a heap of 4 GiB. Each figure has a process of its own; speeds are medians of
 * five rounds in it.
 */
public final class Simulator {

    private static final String USAGE = "usage: bin/bench --simulator [LEG]...   where LEG is one of simulator, floor,"
            + " metastable, pending, fleet; all unless said otherwise";

    private Simulator() {}

    /**
     * Runs it.
     *
     * @param arguments as the usage says
     */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream messages = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        try {
            for (Leg leg : legs(List.of(arguments))) {
                out.printf("%-11s %s%n", leg.name().toLowerCase(Locale.ROOT), run(leg));
            }
        } catch (IllegalArgumentException wrong) {
            messages.println(USAGE);
            System.exit(64);
        } catch (IOException | InterruptedException failed) {
            messages.println(failed.getMessage());
            System.exit(1);
        }
    }

    private static List<Leg> legs(List<String> names) {
        return names.isEmpty()
                ? List.of(Leg.values())
                : names.stream()
                        .map(name -> Leg.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList();
    }

    private static String run(Leg leg) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(leg.options());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Leg.class.getName(), leg.name()));
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            String line = said.readLine();
            int status = process.waitFor();
            if (status != 0 || line == null) {
                throw new IOException(leg + ": the process has failed with status " + status);
            }
            return line;
        } finally {
            process.destroy();
        }
    }
}
