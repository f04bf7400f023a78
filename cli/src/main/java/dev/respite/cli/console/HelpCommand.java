package dev.respite.cli.console;

import dev.respite.text.Spelling;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code help}: prints the help of the command that contains it, or of a command below that, at any depth. */
@Command(
        name = "help",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        helpCommand = true,
        header = "Prints the help of a command.",
        synopsisHeading = "%nUsage: ",
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:the help is printed", "64:there is no such command"},
        footerHeading = "%nExamples:%n",
        footer = {"  respite help simulate", "  respite help keys list"})
public final class HelpCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            paramLabel = "COMMAND",
            arity = "0..*",
            description = "The command. Without one, the help of all commands together.")
    private List<String> names = List.of();

    /** Creates the command. */
    public HelpCommand() {}

    @Override
    public Integer call() {
        CommandLine shown = spec.parent().commandLine();
        for (String name : names) {
            CommandLine next = shown.getSubcommands().get(name);
            if (next == null) {
                throw new ParameterException(
                        spec.commandLine(),
                        "unknown command '" + name + "'"
                                + Spelling.nearSuggestion(
                                        name, shown.getSubcommands().keySet()));
            }
            shown = next;
        }
        shown.usage(shown.getOut());
        return ExitCodes.OK;
    }
}
