package dev.respite.demo;

import dev.respite.cli.console.Console;
import java.util.List;

/** The program {@code respite} with the commands of a source tree: {@code demo}, and {@code lab} in its help. */
public final class Main {

    private Main() {}

    /**
     * Runs the program and exits.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(run(Console.ofProcess(), args));
    }

    /** Runs the program with the given streams, and returns its exit code. */
    static int run(Console console, String... args) {
        return dev.respite.cli.Main.run(console, List.of(new DemoCommand(console), new LabCommand(console)), args);
    }
}
