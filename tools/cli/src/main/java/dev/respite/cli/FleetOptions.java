package dev.respite.cli;

import dev.respite.cli.console.UsageException;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.Foresight;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options that describe a fleet of clients and its target. */
final class FleetOptions {

    @Option(names = "--clients", paramLabel = "N", required = true, description = "How many clients call the target.")
    private int clients;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            required = true,
            description = "The calls of all clients together, such as 280/s.")
    private double rate;

    @Option(
            names = "--capacity",
            paramLabel = "RATE",
            required = true,
            description = "The capacity of the target, such as 300/s; above the rate.")
    private double capacity;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            required = true,
            description = "The timeout of an attempt, such as 1s, unless the policy has an attempt-timeout.")
    private Duration timeout = Duration.ZERO;

    /** Returns the foresight for the fleet with a policy. */
    Foresight foresight(RetryPolicy policy) {
        try {
            return Foresight.of(policy, clients, rate, capacity, timeout);
        } catch (IllegalArgumentException outOfRange) {
            throw new UsageException(String.valueOf(outOfRange.getMessage()), "Try 'respite explain --help'.");
        }
    }
}
