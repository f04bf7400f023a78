package dev.respite.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code respite keys}: the records of idempotency keys, for operators. */
@Command(
        name = KeysCommand.NAME,
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        header = "Lists, shows and resolves the records of idempotency keys.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nA key is UNKNOWN if whoever worked on it has gone, and it may have been done or not. It stays so until"
                    + " somebody finds out, and says it here: clients are answered 409 until then."
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:it is shown, or done",
            " 1:there is no such key, or it is not UNKNOWN; nothing was changed",
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
            "KEY is the name of the record, 43 characters, as the list and the events have it: a hash of the scope, the"
                    + " operation and the key that the client has sent."
        })
final class KeysCommand {

    static final String NAME = "keys";

    private KeysCommand() {}

    static CommandLine create(Console console) {
        return new CommandLine(new KeysCommand())
                .addSubcommand(new KeysListCommand(console))
                .addSubcommand(new KeysShowCommand(console))
                .addSubcommand(new KeysResolveCommand(console));
    }
}
