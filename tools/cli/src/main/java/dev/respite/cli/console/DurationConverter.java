package dev.respite.cli.console;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses the duration of an option as a policy does. */
public final class DurationConverter implements ITypeConverter<Duration> {

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
