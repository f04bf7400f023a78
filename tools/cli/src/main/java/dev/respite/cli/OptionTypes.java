package dev.respite.cli;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** The syntax of the options of two types: a {@link Duration} is written as in a policy, and a double is a rate. */
final class OptionTypes {

    private OptionTypes() {}

    /** Registers the types for all commands that have been added. */
    static void registerIn(CommandLine commands) {
        commands.registerConverter(Duration.class, OptionTypes::duration)
                .registerConverter(double.class, OptionTypes::rate);
    }

    private static Duration duration(String text) {
        try {
            return RetryPolicy.parse("attempt-timeout=\"" + text + '"')
                    .limits()
                    .attemptTimeout()
                    .orElseThrow();
        } catch (InvalidPolicyException invalid) {
            throw new TypeConversionException(
                    "'" + text + "': expected a duration above 0 with its unit, such as 1s or 500ms");
        }
    }

    private static double rate(String text) {
        if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?/s")) {
            throw new TypeConversionException("'" + text + "': expected a number for each second, such as 280/s");
        }
        return Double.parseDouble(text.substring(0, text.length() - 2));
    }
}
