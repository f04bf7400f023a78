package dev.respite.cli.explain;

import dev.respite.cli.console.UsageException;
import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.FleetDemand;
import dev.respite.sim.foresight.Foresight;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that describe a fleet of clients and its target. Either all four of them are given, or none. */
final class FleetOptions {

    private static final String POINTER = "Try 'respite explain --help'.";

    @Option(names = "--clients", paramLabel = "N", description = "How many clients call the target.")
    private Optional<String> clients = Optional.empty();

    @Option(names = "--rate", paramLabel = "RATE", description = "The calls of all clients together, such as 280/s.")
    private Optional<String> rate = Optional.empty();

    @Option(
            names = "--capacity",
            paramLabel = "RATE",
            description = "The capacity of the target, such as 300/s; above the rate.")
    private Optional<String> capacity = Optional.empty();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "The timeout of an attempt, such as 1s, unless the policy has an attempt-timeout.")
    private Optional<String> timeout = Optional.empty();

    /** Returns the foresight for a fleet with the policy; empty if no fleet was described. */
    Optional<Foresight> foresight(RetryPolicy policy) {
        Map<String, Optional<String>> all = new LinkedHashMap<>();
        all.put("--clients", clients);
        all.put("--rate", rate);
        all.put("--capacity", capacity);
        all.put("--timeout", timeout);
        List<String> missing = names(all, false);
        List<String> given = names(all, true);
        if (given.isEmpty()) {
            return Optional.empty();
        }
        if (!missing.isEmpty()) {
            String only = String.join(", ", given);
            throw refused(only + " without " + String.join(", ", missing)
                    + ": a fleet is described by --clients, --rate, --capacity and --timeout; add what is missing");
        }
        try {
            FleetDemand demand = new FleetDemand(
                    count(clients.orElseThrow()),
                    rate("--rate", rate.orElseThrow()),
                    rate("--capacity", capacity.orElseThrow()),
                    time(timeout.orElseThrow()));
            return Optional.of(Foresight.of(policy, demand));
        } catch (IllegalArgumentException refused) {
            throw refused(String.valueOf(refused.getMessage()));
        }
    }

    private static List<String> names(Map<String, Optional<String>> options, boolean given) {
        return options.entrySet().stream()
                .filter(option -> option.getValue().isPresent() == given)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static int count(String text) {
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) == 0) {
            throw refused("--clients '" + text + "': expected a whole number from 1 to 10,000,000, such as 5000");
        }
        return Integer.parseInt(text);
    }

    private static double rate(String option, String text) {
        boolean ends = text.endsWith("/s");
        String number = ends ? text.substring(0, text.length() - 2) : text;
        boolean decimal = number.matches("[0-9]{1,9}(\\.[0-9]{1,9})?");
        if (!ends || !decimal || Double.parseDouble(number) == 0) {
            String example = decimal && !ends ? number : "280";
            throw refused(
                    option + " '" + text + "': expected a number above 0 for each second; write " + example + "/s");
        }
        return Double.parseDouble(number);
    }

    /** Parses a duration as a policy does. */
    private static Duration time(String text) {
        String rule = "--timeout '" + text + "': expected a duration above 0 with its unit; write 1s or 500ms";
        if (!text.matches("[0-9.]+[a-z]+")) {
            throw refused(rule);
        }
        try {
            return RetryPolicy.parse("attempt-timeout=" + text)
                    .limits()
                    .attemptTimeout()
                    .orElseThrow();
        } catch (InvalidPolicyException refused) {
            throw refused(rule);
        }
    }

    private static UsageException refused(String message) {
        return new UsageException(message, POINTER);
    }
}
