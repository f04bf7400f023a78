package dev.respite.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code respite}, which combines the commands. */
@Command(
        name = "respite",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        header = "Retries that carry a call through a transient failure and cannot make an outage worse.",
        synopsisHeading = "%nUsage: ",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:success",
            "64:wrong usage, or an invalid policy; the reason is on stderr",
            " *:respite COMMAND --help lists those of the command"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite demo",
            "  respite explain preset=course",
            "  respite simulate metastable --out report",
            "  respite call --max-attempts 5 https://example.com/quote",
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
        CommandLine commands = new CommandLine(new Main())
                .addSubcommand(new DemoCommand(console))
                .addSubcommand(CallCommand.create(console))
                .addSubcommand(new ExplainCommand(console))
                .addSubcommand(new SimulateCommand(console))
                .addSubcommand(KeysCommand.create(console));
        UsageErrors refusals = new UsageErrors(console);
        // @FILE is not expanded, since -d @FILE has its own meaning.
        commands.setExpandAtFiles(false);
        int code = commands.setOut(writer(console.out()))
                .setErr(writer(console.err()))
                .setParameterExceptionHandler(refusals)
                .setExecutionExceptionHandler(refusals)
                .execute(KeyName.marked(PolicyOptions.withRuleFlags(args)));
        console.err().flush();
        if (console.out().checkError() && code == ExitCodes.OK) {
            console.printMessage("the result could not be written");
            return ExitCodes.CANNOT_WRITE;
        }
        return code;
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
