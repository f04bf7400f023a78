package dev.respite.cli.jobs;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.HelpCommand;
import dev.respite.cli.console.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code respite jobs}: commands for operators, for durable calls that were given up, are paused or could not be read. */
@Command(
        name = "jobs",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "[COMMAND]",
        header = "Lists, shows, replays, discards and resumes durable calls.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nA durable call that does not end with success becomes a dead letter: DEAD if its policy has given it up,"
                    + " PAUSED if its task pauses instead, PARKED if no instance knows its task or its data cannot be read."
                    + " It stays until an operator replays or discards it."
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:the command succeeded",
            " 1:there is no such dead letter, or one was not changed",
            " 7:the database cannot be reached, or has failed",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite jobs list --url jdbc:postgresql://localhost/shop --user shop \\",
            "      --password-env PGPASSWORD",
            "  respite jobs replay --url jdbc:postgresql://localhost/shop LETTER",
            "  respite jobs resume --url jdbc:postgresql://localhost/shop payment",
            "",
            "LETTER is the id of a dead letter, as the list shows it."
        })
public final class JobsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private JobsCommand() {}

    /** Prints the help, since no command was given. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCodes.OK;
    }

    public static CommandLine create(Console console) {
        return new CommandLine(new JobsCommand())
                .addSubcommand(new JobsListCommand(console))
                .addSubcommand(new JobsShowCommand(console))
                .addSubcommand(new JobsReplayCommand(console))
                .addSubcommand(new JobsDiscardCommand(console))
                .addSubcommand(new JobsResumeCommand(console))
                .addSubcommand(new HelpCommand());
    }
}
