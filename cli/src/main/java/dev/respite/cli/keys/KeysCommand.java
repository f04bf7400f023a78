package dev.respite.cli.keys;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.HelpCommand;
import dev.respite.cli.console.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code respite keys}: commands for operators, for the records of idempotency keys. */
@Command(
        name = KeyName.COMMAND,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "[COMMAND]",
        header = "Lists, shows and resolves the records of idempotency keys.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nA key is UNKNOWN if its owner ended before it recorded a result, so that the effect may or may not have"
                    + " happened. It stays UNKNOWN until an operator resolves it with this command; until then clients get a 409."
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:the command succeeded",
            " 1:the key has no record, or it is not UNKNOWN; nothing was changed",
            " 7:the database or Redis cannot be reached",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite keys list --url jdbc:postgresql://localhost/bank --user bank \\",
            "      --password-env PGPASSWORD",
            "  respite keys show --url redis://localhost KEY",
            "  respite keys resolve --url redis://localhost KEY --done 201",
            "",
            "KEY is the name of the record, 43 characters, as the list and the events show it: a hash of the scope, the"
                    + " operation and the key that the client sent."
        })
public final class KeysCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private KeysCommand() {}

    /** Prints the help, since no command was given. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCodes.OK;
    }

    public static CommandLine create(Console console) {
        return new CommandLine(new KeysCommand())
                .addSubcommand(new KeysListCommand(console))
                .addSubcommand(new KeysShowCommand(console))
                .addSubcommand(new KeysResolveCommand(console))
                .addSubcommand(new HelpCommand());
    }
}
