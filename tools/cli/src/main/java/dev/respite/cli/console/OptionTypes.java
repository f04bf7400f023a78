package dev.respite.cli.console;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The values of options that have a unit. */
public final class OptionTypes {

    private OptionTypes() {}

    /** Parses a rate. */
    public static final class Rate implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?/s")) {
                throw new TypeConversionException("'" + text + "': expected a number for each second, such as 280/s");
            }
            return Double.valueOf(text.substring(0, text.length() - 2));
        }
    }

    /** Parses a duration as a policy does. */
    public static final class Time implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
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
    }
}
