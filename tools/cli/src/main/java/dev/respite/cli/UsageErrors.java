package dev.respite.cli;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.UsageException;
import dev.respite.cli.records.RecordCommands;
import dev.respite.logging.FailureText;
import dev.respite.policy.InvalidPolicyException;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Prints a message for a wrong command line, and a report for a bug. */
final class UsageErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final Console console;

    UsageErrors(Console console) {
        this.console = console;
    }

    @Override
    public int handleParseException(ParameterException invalid, String[] args) {
        console.printMessage(shortened(message(invalid, List.of(args)), List.of(args)));
        console.err()
                .println("Try '" + invalid.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCodes.USAGE;
    }

    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
        String help = "'" + command.getCommandSpec().qualifiedName() + " --help'.";
        Optional<String> pointer = Optional.empty();
        if (thrown instanceof UsageException invalid) {
            pointer = Optional.of(invalid.pointer());
        } else if (thrown instanceof InvalidPolicyException) {
            pointer = Optional.of("The keys of a policy: " + help);
        } else if (thrown instanceof InvalidScenarioException) {
            pointer = Optional.of("The scenarios and their settings: " + help);
        }
        if (pointer.isPresent()) {
            console.printMessage(shortened(String.valueOf(thrown.getMessage()), parsed.originalArgs()));
            console.err().println(TextFormat.printable(pointer.get()));
            return ExitCodes.USAGE;
        }
        console.printMessage("this is a bug in respite; please report it with what follows");
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        console.err().print(TextFormat.printableLines(FailureText.withoutCredentials(trace.toString())));
        return ExitCodes.BUG;
    }

    /** Shortens long arguments in a message. The message contains a whole argument, or its text before or after an equals sign. */
    private static String shortened(String message, List<String> args) {
        String shorter = message;
        for (String arg : args) {
            String value = arg.substring(arg.indexOf('=') + 1);
            for (String echoed : List.of(arg, value, name(arg), value.substring(value.indexOf('=') + 1), name(value))) {
                String shown = ValueFormat.shortened(echoed);
                shorter = shown.equals(echoed) ? shorter : shorter.replace(echoed, shown);
            }
        }
        return shorter;
    }

    private static String name(String arg) {
        return arg.substring(0, Math.max(0, arg.indexOf('=')));
    }

    private static String message(ParameterException invalid, List<String> args) {
        if (invalid instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String argument = unmatched.getUnmatched().get(0);
            String what = unmatched.isUnknownOption() ? "unknown option '" : "unexpected argument '";
            return what + printed(argument, argument) + "'"
                    + suggestion(argument, invalid.getCommandLine().getCommandSpec(), args);
        }
        String message = printed(String.valueOf(invalid.getMessage()), invalid.getValue());
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    /** Returns a text without the credentials of the URL that an argument may be. */
    private static String printed(String text, @Nullable String argument) {
        String clean = argument == null || argument.isEmpty()
                ? text
                : text.replace(argument, RecordCommands.shownIfUrl(argument));
        return FailureText.withoutCredentials(clean);
    }

    private static String suggestion(String argument, CommandSpec command, List<String> args) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        if (command.name().equals(ExplainCommand.NAME) && KeyNames.isKey(name.replaceFirst("^--", ""))) {
            int next = args.indexOf(argument) + 1;
            String value = equals >= 0 ? "" : "=" + (next > 0 && next < args.size() ? args.get(next) : "VALUE");
            return "; write " + argument.substring(2) + value;
        }
        return Spelling.nearSuggestion(
                name,
                Stream.concat(command.optionsMap().keySet().stream(), command.subcommands().keySet().stream())
                        .toList());
    }
}
