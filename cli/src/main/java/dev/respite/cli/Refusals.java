package dev.respite.cli;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.sim.InvalidScenarioException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns a wrong command line into a message, and a bug into a report. */
final class Refusals implements IParameterExceptionHandler, IExecutionExceptionHandler {

    private final Streams streams;

    Refusals(Streams streams) {
        this.streams = streams;
    }

    @Override
    public int handleParseException(ParameterException refused, String[] args) {
        streams.say(message(refused, List.of(args)));
        streams.err()
                .println("Try '" + refused.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitCodes.USAGE;
    }

    @Override
    public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
        if (thrown instanceof RefusedException refused) {
            streams.say(String.valueOf(refused.getMessage()));
            streams.err().println(refused.pointer());
            return ExitCodes.USAGE;
        }
        if (thrown instanceof InvalidPolicyException refused) {
            streams.say(String.valueOf(refused.getMessage()));
            streams.err().println("The keys of a policy: '" + qualified(command) + " --help'.");
            return ExitCodes.USAGE;
        }
        if (thrown instanceof InvalidScenarioException refused) {
            streams.say(String.valueOf(refused.getMessage()));
            streams.err().println("The scenarios and their settings: '" + qualified(command) + " --help'.");
            return ExitCodes.USAGE;
        }
        streams.say("this is a bug in respite; please report it with what follows");
        thrown.printStackTrace(streams.err());
        return ExitCodes.BUG;
    }

    private static String qualified(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    private static String message(ParameterException refused, List<String> args) {
        if (refused instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            String what = unmatched.isUnknownOption() ? "unknown option '" : "unexpected argument '";
            return what + StoreUrl.shownIfUrl(word) + "'"
                    + suggestion(word, refused.getCommandLine().getCommandSpec(), args);
        }
        String message = String.valueOf(refused.getMessage());
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static String suggestion(String word, CommandSpec command, List<String> args) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word : word.substring(0, equals);
        if (command.name().equals(ExplainCommand.NAME) && PolicyOptions.isKey(name.replaceFirst("^--", ""))) {
            int next = args.indexOf(word) + 1;
            String value = equals >= 0 ? "" : "=" + (next > 0 && next < args.size() ? args.get(next) : "VALUE");
            return "; write " + word.substring(2) + value;
        }
        return Spelling.nearest(
                        name,
                        Stream.concat(command.optionsMap().keySet().stream(), command.subcommands().keySet().stream()))
                .map(nearest -> "; did you mean '" + nearest + "'?")
                .orElse("");
    }
}
