package dev.respite.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program {@code respite}. Each command is a class of its own; here they are put together. */
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
            " 0:it went well",
            "64:wrong usage, or a policy that was refused; the reason is on stderr",
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
     * Runs the program.
     *
     * @param args what stands behind its name
     */
    public static void main(String[] args) {
        System.exit(run(Streams.ofProcess(), args));
    }

    /** Runs the program on the given streams. */
    static int run(Streams streams, String... args) {
        CommandLine commands = new CommandLine(new Main())
                .addSubcommand(new DemoCommand(streams))
                .addSubcommand(CallCommand.create(streams))
                .addSubcommand(new ExplainCommand(streams))
                .addSubcommand(new SimulateCommand(streams))
                .addSubcommand(KeysCommand.create(streams));
        Refusals refusals = new Refusals(streams);
        // An argument that begins with @ is the caller's: -d @FILE.
        commands.setExpandAtFiles(false);
        int code = commands.setOut(writer(streams.out()))
                .setErr(writer(streams.err()))
                .setParameterExceptionHandler(refusals)
                .setExecutionExceptionHandler(refusals)
                .execute(KeyName.marked(PolicyOptions.withRuleFlags(args)));
        streams.err().flush();
        if (streams.out().checkError() && code == ExitCodes.OK) {
            streams.say("the result could not be written");
            return ExitCodes.CANNOT_WRITE;
        }
        return code;
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
