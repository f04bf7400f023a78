package dev.respite.cli;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.policy.Explanation;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.Foresight;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite explain}: shows the effects of a policy without running it. */
@Command(
        name = ExplainCommand.NAME,
        header = "Shows the effects of a policy: its delays, its load on the target, its faults.",
        description = {
            "%nThe policy is one line of key=value, in one argument or in several; without one, the default is explained. A value with spaces needs an argument of its own, or double quotes.",
            "",
            "The keys: max-attempts (or max-retries, one less), backoff (immediate, fixed, linear, exponential,"
                    + " decorrelated, fibonacci), base-delay, multiplier, increment, max-delay, jitter (none, full,"
                    + " equal, additive, proportional:0.2), total-timeout, attempt-timeout, retry-after (honour, cap,"
                    + " ignore), retry-after-limit, budget (fleet, 10%%, success:0.5/20/10, grpc:10/0.1,"
                    + " aws-2.0, aws-2.1, off), clients, nested (suppress, retry), retry-on, stop-on, on.ERROR.KEY, acknowledge (warnings), unbounded (a reason) and preset"
                    + " (course, aws-standard-2.0, aws-standard-2.1, grpc).",
            "",
            "With --clients, --rate, --capacity and --timeout, it also simulates so many clients with and without retries, in"
                    + " calm periods with 5 %% and 20 %% errors, a pause of 1 s, a black hole of 10 s, and half of the requests"
                    + " failing for 30 s. It prints whether retries do harm in the worst of these situations, and a setting"
                    + " that avoids it. That takes some seconds."
        },
        exitCodeList = {" 0:the policy is explained, with or without warnings", "64:the policy is invalid"},
        footer = {
            "  respite explain",
            "  respite explain preset=course max-attempts=4",
            "  respite explain 'max-attempts=5 jitter=none on.503.base-delay=1s' --json",
            "  respite explain --method POST preset=grpc",
            "  respite explain clients=5000 --clients 5000 --rate 280/s \\",
            "      --capacity 300/s --timeout 1s",
            "",
            "With --json: policy, retries (number, minMs, meanMs, maxMs), worstWaitMs (null if there is no bound),"
                    + " rules (one for each error with a rule of its own: error, retries, worstWaitMs),"
                    + " fitsTotalTimeout, amplification (failureRate and attempts per call: ordinary, overload,"
                    + " ordinaryWithoutBudget, overloadWithoutBudget; null if there is no bound), warnings (code,"
                    + " message). With a fleet also foresight: risk (none, unknown, harmful), worst (a situation), change (a"
                    + " setting, or null), situations (situation, risk, succeeded, succeededWithoutRetries, recoverySeconds"
                    + " and recoverySecondsWithoutRetries, null if longer than 80 s)."
        })
final class ExplainCommand implements Callable<Integer> {

    static final String NAME = "explain";

    /** A key and a value with spaces. The value contains neither another '=' nor a quote, so that it is one pair. */
    private static final Pattern ONE_PAIR = Pattern.compile("([^\\s=\"]+=)([^=\"]*\\s[^=\"]*)");

    private final Console console;

    @Parameters(paramLabel = "KEY=VALUE", arity = "0..*", description = "The policy.")
    private List<String> policy = List.of();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "Warn if requests of this method cannot be retried safely.")
    private Optional<String> method = Optional.empty();

    @Option(names = "--keyed", description = "The requests carry an idempotency key that the server honours.")
    private boolean keyed;

    @Option(
            names = "--durable",
            description =
                    "The policy is for durable calls: print when a call gives up, and no warnings of calls in memory.")
    private boolean durable;

    @ArgGroup(exclusive = false)
    private @Nullable FleetOptions fleet;

    ExplainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        RetryPolicy parsed =
                RetryPolicy.parse(policy.stream().map(ExplainCommand::quoted).collect(Collectors.joining(" ")));
        Explanation explanation = durable ? Explanation.ofDurable(parsed) : Explanation.of(parsed);
        if (method.isPresent()) {
            explanation = explanation.withWarnings(UnsafeMethod.warnings(method.get(), keyed, parsed));
        }
        List<RuleExplanation> rules = RuleExplanation.of(parsed);
        Optional<Foresight> foresight = Optional.ofNullable(fleet).map(given -> given.foresight(parsed));
        console.out()
                .print(
                        json
                                ? ExplanationJson.of(explanation, rules, foresight)
                                : ExplanationText.of(explanation, rules, foresight));
        return ExitCodes.OK;
    }

    /** Quotes the value of an argument such as {@code unbounded='needs it'}, whose quotes the shell has removed. */
    private static String quoted(String argument) {
        Matcher pair = ONE_PAIR.matcher(argument.strip());
        return pair.matches() ? pair.group(1) + '"' + pair.group(2).replace("\\", "\\\\") + '"' : argument;
    }
}
