package dev.respite.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The layout of help texts: the headings, the standard options, and lines that are broken only at spaces. Picocli may also
 * break next to punctuation, inside of a word such as {@code aws-standard-2.0}. So during the layout, characters for private
 * use stand for the punctuation.
 */
final class HelpLayout {

    /** Punctuation inside of a word, or a variable of picocli, which remains as it is. */
    private static final Pattern PUNCTUATION = Pattern.compile("\\$\\{[^}]*}|(?<=\\S)[-./,:|=](?=\\S)");

    private static final int PRIVATE_USE = 0xE000;
    private static final int ASCII = 0x80;

    private HelpLayout() {}

    /** Changes the help of a command and of all commands below it. A command with subcommands gets the command {@code help}, and they have its exit codes unless they list their own. */
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
        keepWords(command, usage);
        for (CommandLine below : command.getSubcommands().values()) {
            UsageMessageSpec usageBelow = below.getCommandSpec().usageMessage();
            if (usageBelow.exitCodeList().isEmpty()) {
                usageBelow.exitCodeList(exitCodes);
            }
            apply(below);
        }
    }

    private static void keepWords(CommandLine command, UsageMessageSpec usage) {
        usage.header(marked(usage.header()));
        usage.description(marked(usage.description()));
        usage.footer(marked(usage.footer()));
        Map<String, String> exitCodes = new LinkedHashMap<>(usage.exitCodeList());
        exitCodes.replaceAll((code, text) -> marked(text));
        usage.exitCodeList(exitCodes);
        command.getHelpSectionMap().replaceAll((section, renderer) -> help -> unmarked(renderer.render(help)));
    }

    private static String[] marked(String... texts) {
        return Arrays.stream(texts).map(HelpLayout::marked).toArray(String[]::new);
    }

    private static String marked(String text) {
        StringBuilder marked = new StringBuilder(text);
        PUNCTUATION
                .matcher(text)
                .results()
                .filter(found -> found.end() - found.start() == 1)
                .mapToInt(MatchResult::start)
                .forEach(at -> marked.setCharAt(at, (char) (PRIVATE_USE + text.charAt(at))));
        return marked.toString();
    }

    private static String unmarked(String text) {
        return text.chars()
                .map(c -> c >= PRIVATE_USE && c < PRIVATE_USE + ASCII ? c - PRIVATE_USE : c)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }
}
