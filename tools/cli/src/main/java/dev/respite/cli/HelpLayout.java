package dev.respite.cli;

import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The layout of help texts: the headings and the standard options. */
final class HelpLayout {

    private HelpLayout() {}

    /**
     * Changes the help of a command and of all commands below it. A command with subcommands gets the command {@code help}, and they
     * have its exit codes unless they list their own.
     */
    static void apply(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        if (!spec.helpCommand()) {
            spec.versionProvider(new Version());
            // The annotations of methods have it already: picocli numbers their parameters after these options.
            if (!spec.mixinStandardHelpOptions()) {
                spec.mixinStandardHelpOptions(true);
            }
        }
        UsageMessageSpec usage = spec.usageMessage();
        usage.sortOptions(false)
                .abbreviateSynopsis(true)
                .synopsisHeading("%nUsage: ")
                .commandListHeading("%nCommands:%n")
                .parameterListHeading("%nParameters:%n")
                .optionListHeading("%nOptions:%n")
                .footerHeading("%nExamples:%n")
                .exitCodeListHeading("%nExit codes:%n");
        if (!spec.subcommands().isEmpty()) {
            usage.synopsisSubcommandLabel("[COMMAND]");
            command.addSubcommand(new CommandLine.HelpCommand());
        }
        Map<String, String> exitCodes = usage.exitCodeList();
        for (CommandLine below : command.getSubcommands().values()) {
            UsageMessageSpec usageBelow = below.getCommandSpec().usageMessage();
            if (usageBelow.exitCodeList().isEmpty()) {
                usageBelow.exitCodeList(exitCodes);
            }
            apply(below);
        }
    }
}
