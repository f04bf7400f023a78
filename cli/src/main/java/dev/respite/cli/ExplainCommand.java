package dev.respite.cli;

import dev.respite.policy.Explanation;
import dev.respite.policy.RetryPolicy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite explain}: what a policy would do, before it does it. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        header = "Shows what a policy would do: its schedule, its load on the target, its faults.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nThe policy is one line of key=value, in one argument or in several; without one, the default is explained.",
            "",
            "The keys: max-attempts (or max-retries, one less), backoff (immediate, fixed, linear, exponential,"
                    + " decorrelated, fibonacci), base-delay, multiplier, increment, max-delay, jitter (none, full,"
                    + " equal, additive, proportional:0.2), total-timeout, attempt-timeout, retry-after (honour, cap,"
                    + " ignore), retry-after-limit, budget (10%%, success:0.5/20/10, grpc:10/0.1, finagle, sre,"
                    + " aws-2.0, aws-2.1, off), retry-on, stop-on, on.ERROR.KEY, unbounded (a reason) and preset"
                    + " (course, aws-standard-2.0, aws-standard-2.1, grpc)."
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:the policy is explained, whatever there is to warn of", "64:the policy was refused"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite explain",
            "  respite explain preset=course max-attempts=4",
            "  respite explain 'max-attempts=5 jitter=none on.503.base-delay=1s' --json",
            "  respite explain --method POST preset=grpc",
            "",
            "With --json: policy, retries (number, minMs, meanMs, maxMs), worstWaitMs (null if there is no bound),"
                    + " fitsTotalTimeout, amplification (failureRate and attempts per call: ordinary, overload,"
                    + " ordinaryWithoutBudget, overloadWithoutBudget; null if there is no bound), warnings (code,"
                    + " message)."
        })
final class ExplainCommand implements Callable<Integer> {

    private final Streams streams;

    @Parameters(paramLabel = "KEY=VALUE", arity = "0..*", description = "The policy.")
    private List<String> policy = List.of();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            description = "Warn if requests of this method cannot be retried safely.")
    private Optional<String> method = Optional.empty();

    @Option(names = "--keyed", description = "They carry an idempotency key that the server honours.")
    private boolean keyed;

    ExplainCommand(Streams streams) {
        this.streams = streams;
    }

    @Override
    public Integer call() {
        RetryPolicy parsed = RetryPolicy.parse(String.join(" ", policy));
        Explanation explanation = parsed.explain();
        if (method.isPresent()) {
            explanation = explanation.with(UnsafeMethod.warnings(method.get(), keyed, parsed));
        }
        streams.out().print(json ? ExplanationJson.of(explanation) : ExplanationText.of(explanation));
        return ExitCodes.OK;
    }
}
