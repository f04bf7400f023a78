package dev.respite.cli;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.records.RecordCommands;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The program {@code respite}, which combines the commands. */
@Command(
        name = "respite",
        header =
                "Retries that carry a call through a transient failure, within a budget that limits them in an outage.",
        exitCodeList = {
            " 0:success",
            "64:wrong usage, or an invalid policy; the reason is on stderr",
            " *:respite COMMAND --help lists those of the command"
        },
        footer = {
            "  respite explain preset=course",
            "  respite simulate metastable --out report",
            "",
            "Results go to stdout, everything else to stderr. NO_COLOR switches colours off."
        })
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
        return run(console, List.of(), args);
    }

    /**
     * Runs the program with additional commands, and returns its exit code.
     *
     * @param console the streams
     * @param added commands of another module, which the help lists first
     * @param args the command line
     * @return the exit code
     */
    public static int run(Console console, List<?> added, String... args) {
        CommandLine commands = new CommandLine(new Main());
        added.forEach(commands::addSubcommand);
        String[] examples = Stream.concat(
                        commands.getSubcommands().keySet().stream().map(name -> "  respite " + name),
                        Stream.of(commands.getCommandSpec().usageMessage().footer()))
                .toArray(String[]::new);
        commands.getCommandSpec().usageMessage().footer(examples);
        commands.addSubcommand(new ExplainCommand(console)).addSubcommand(new SimulateCommand(console));
        RecordCommands.addTo(commands, console);
        OptionTypes.registerIn(commands);
        HelpLayout.apply(commands);
        UsageErrors refusals = new UsageErrors(console);
        commands.setExpandAtFiles(false);
        int code = commands.setOut(writer(console.out()))
                .setErr(writer(console.err()))
                .setParameterExceptionHandler(refusals)
                .setExecutionExceptionHandler(refusals)
                .setExecutionStrategy(Main::runLast)
                .execute(RecordCommands.withMarkedNames(args));
        console.err().flush();
        if (console.out().checkError() && code == ExitCodes.OK) {
            console.printMessage("the result could not be written");
            return ExitCodes.CANNOT_WRITE;
        }
        return code;
    }

    /** Runs the last command that was given. One that only groups others prints its help. */
    private static int runLast(ParseResult parsed) {
        List<CommandLine> given = parsed.asCommandLineList();
        CommandLine last = given.get(given.size() - 1);
        boolean isHelp = given.stream().anyMatch(each -> each.isUsageHelpRequested() || each.isVersionHelpRequested());
        if (isHelp || last.getSubcommands().isEmpty()) {
            return new CommandLine.RunLast().execute(parsed);
        }
        last.usage(last.getOut());
        return ExitCodes.OK;
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
