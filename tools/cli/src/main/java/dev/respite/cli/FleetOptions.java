package dev.respite.cli;

import dev.respite.cli.console.UsageException;
import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.FleetDemand;
import dev.respite.sim.foresight.Foresight;
import java.time.Duration;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that describe a fleet of clients and its target. */
final class FleetOptions {

    @Option(names = "--clients", paramLabel = "N", required = true, description = "How many clients call the target.")
    private int clients;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            required = true,
            converter = Rate.class,
            description = "The calls of all clients together, such as 280/s.")
    private double rate;

    @Option(
            names = "--capacity",
            paramLabel = "RATE",
            required = true,
            converter = Rate.class,
            description = "The capacity of the target, such as 300/s; above the rate.")
    private double capacity;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            required = true,
            converter = Time.class,
            description = "The timeout of an attempt, such as 1s, unless the policy has an attempt-timeout.")
    private Duration timeout = Duration.ZERO;

    /** Parses a rate. */
    static final class Rate implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            if (!text.matches("[0-9]{1,9}(\\.[0-9]{1,9})?/s")) {
                throw new TypeConversionException("'" + text + "': expected a number for each second, such as 280/s");
            }
            return Double.valueOf(text.substring(0, text.length() - 2));
        }
    }

    /** Parses a duration as a policy does. */
    static final class Time implements ITypeConverter<Duration> {
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

    /** Returns the foresight for the fleet with a policy. */
    Foresight foresight(RetryPolicy policy) {
        try {
            return Foresight.of(policy, new FleetDemand(clients, rate, capacity, timeout));
        } catch (IllegalArgumentException outOfRange) {
            throw new UsageException(String.valueOf(outOfRange.getMessage()), "Try 'respite explain --help'.");
        }
    }
}
