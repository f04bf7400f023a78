package dev.respite.demo;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code respite lab}, for the help: the launcher starts it as a program of its own, since its compiler is large. */
@Command(
        name = "lab",
        header = "Serves a page on which one watches policies meet an outage.",
        description = "%n'./respite lab --help' of a source tree has the options.")
public final class LabCommand implements Callable<Integer> {

    private final Console console;

    LabCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        console.printMessage("the lab is started by ./respite lab, in a source tree");
        return ExitCodes.USAGE;
    }
}
