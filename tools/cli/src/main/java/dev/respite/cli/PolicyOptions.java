package dev.respite.cli;

import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Parses a policy on the command line: one flag for each key, or all keys as {@code --policy TEXT}. */
final class PolicyOptions {

    private static final String POLICY = "--policy";
    private static final String RULE = "--on";
    private static final String BUDGET = "budget";
    private static final String BUDGET_WAIT = "budget-wait";

    /** The flags and their descriptions, in the order of the policy keys. */
    private static final List<Key> KEYS = List.of(
            new Key("preset", "NAME", "Start from course, aws-standard-2.0, aws-standard-2.1 or grpc."),
            new Key("max-attempts", "N", "Make at most N attempts, including the first. Default 3."),
            new Key("max-retries", "N", "The same as --max-attempts N+1."),
            new Key("unbounded", "REASON", "Make any number of attempts, for the reason given."),
            new Key("backoff", "KIND", "immediate, fixed, linear, exponential (default), decorrelated or fibonacci."),
            new Key("base-delay", "TIME", "The unit of the backoff. Default 100ms."),
            new Key("multiplier", "X", "The growth of exponential delays. Default 2."),
            new Key("increment", "TIME", "The growth of linear delays. Default the base delay."),
            new Key("max-delay", "TIME", "The cap of each delay. Default 20s."),
            new Key("jitter", "KIND", "none, full (default), equal, additive or proportional:0.2."),
            new Key("total-timeout", "TIME", "The limit of the whole call, or off. Default 30s."),
            new Key("attempt-timeout", "TIME", "The limit of one attempt."),
            new Key("retry-after", "MODE", "A server's hint: honour (default), cap or ignore."),
            new Key("retry-after-limit", "TIME", "The longest hint that is followed. Default 60s."),
            new Key(BUDGET, "BUDGET", "The retry budget. Default off, since this is a single call."),
            new Key("clients", "N", "How many clients share the target; for --budget=fleet."),
            new Key("nested", "MODE", "Failures after inner retries: suppress (default) or retry."),
            new Key("retry-on", "ERRORS", "Retry these too, such as 404,timeout or a class name."),
            new Key("stop-on", "ERRORS", "Do not retry these."),
            new Key("acknowledge", "CODES", "Omit these warnings, such as no-jitter."));

    private record Key(String name, String label, String description) {
        String flag() {
            return "--" + name;
        }
    }

    private PolicyOptions() {}

    /** Returns whether the text is a policy key or the key of a rule. */
    static boolean isKey(String text) {
        return text.startsWith("on.")
                || text.equals(BUDGET_WAIT)
                || KEYS.stream().anyMatch(key -> key.name().equals(text));
    }

    static void addTo(CommandSpec command) {
        ArgGroupSpec.Builder group = ArgGroupSpec.builder()
                .exclusive(false)
                .validate(false)
                .heading("%nPolicy:%n")
                .addArg(OptionSpec.builder(POLICY)
                        .paramLabel("TEXT")
                        .type(String.class)
                        .description("All keys in one line, instead of the flags below:"
                                + " 'max-attempts=4 base-delay=50ms'.")
                        .build());
        for (Key key : KEYS) {
            group.addArg(OptionSpec.builder(key.flag())
                    .paramLabel(key.label())
                    .type(String.class)
                    .description(key.description())
                    .build());
        }
        group.addArg(OptionSpec.builder(RULE)
                .paramLabel("ERROR.KEY=VALUE")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description("A rule for one error, such as 503.max-attempts=5. May be repeated."
                        + " Or: --on.503.max-attempts=5.")
                .build());
        command.addArgGroup(group.build());
    }

    /**
     * Rewrites {@code --on.503.max-attempts 5} to {@code --on=503.max-attempts=5}, since picocli has no flags with a variable
     * name.
     */
    static String[] withRuleFlags(String[] args) {
        List<String> rewritten = new ArrayList<>();
        boolean options = args.length > 0 && args[0].equals("call");
        for (int i = 0; i < args.length; i++) {
            String arg = args[i];
            options &= !arg.equals("--");
            if (!options || !arg.startsWith(RULE + ".")) {
                rewritten.add(arg);
                continue;
            }
            String rule = arg.substring(RULE.length() + 1);
            boolean valueFollows = rule.indexOf('=') < 0 && i + 1 < args.length;
            rewritten.add(RULE + "=" + rule + (valueFollows ? "=" + args[++i] : ""));
        }
        return rewritten.toArray(String[]::new);
    }

    /**
     * Returns the given policy.
     *
     * @throws InvalidPolicyException if it is invalid
     */
    static RetryPolicy read(ParseResult parsed) {
        Map<String, String> flags = flags(parsed);
        if (!parsed.hasMatchedOption(POLICY)) {
            flags.putIfAbsent(BUDGET, "off");
            return RetryPolicy.of(flags);
        }
        if (!flags.isEmpty()) {
            throw new ParameterException(
                    parsed.commandSpec().commandLine(),
                    POLICY + " is the whole policy: put "
                            + flags.keySet().iterator().next() + " into its text, or use flags alone");
        }
        return withoutBudget(parsed.matchedOptionValue(POLICY, ""), parsed);
    }

    private static Map<String, String> flags(ParseResult parsed) {
        Map<String, String> flags = new LinkedHashMap<>();
        for (Key key : KEYS) {
            if (parsed.hasMatchedOption(key.flag())) {
                flags.put(key.name(), parsed.matchedOptionValue(key.flag(), ""));
            }
        }
        for (String rule : parsed.matchedOptionValue(RULE, List.<String>of())) {
            int equals = rule.indexOf('=');
            if (equals < 0 || flags.put("on." + rule.substring(0, equals), rule.substring(equals + 1)) != null) {
                throw new ParameterException(
                        parsed.commandSpec().commandLine(),
                        RULE + " " + rule + ": expected ERROR.KEY=VALUE, each once, such as 503.max-attempts=5");
            }
        }
        return flags;
    }

    /**
     * Returns the policy of a text, with the budget off unless the text has one. A second budget is invalid, which shows that
     * the text has one.
     */
    private static RetryPolicy withoutBudget(String text, ParseResult parsed) {
        RetryPolicy asGiven = RetryPolicy.parse(text);
        if (asGiven.limits().budgetWait().isPresent()) {
            throw new ParameterException(
                    parsed.commandSpec().commandLine(),
                    POLICY + ": " + BUDGET_WAIT + "="
                            + asGiven.limits().budgetWait().get()
                            + " has no effect: successes of other calls release a call that waits for its budget, and"
                            + " this command makes one call; remove it");
        }
        try {
            return RetryPolicy.parse(text + " " + BUDGET + "=off");
        } catch (InvalidPolicyException givenTwice) {
            return asGiven;
        }
    }
}
