package dev.respite.cli;

import dev.respite.TimeSource;
import dev.respite.http.HttpRules;
import dev.respite.http.RequestFacts;
import dev.respite.policy.Outcome;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.Verdict;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Reads from responses when to come back, as the client under a policy reads it. */
final class ResponseHints {

    private static final RequestFacts REPEATABLE = new RequestFacts("GET", true, true, false);

    private final RetryPolicy policy;
    private final HttpRules rules;
    private final TimeSource time = TimeSource.system();

    ResponseHints(RetryPolicy policy) {
        this.policy = policy;
        this.rules = new HttpRules(policy.rules());
    }

    /** How long the server asks to wait before another try, if it is worth one and it asks. */
    Optional<Duration> delayAfter(Outcome<?> outcome) {
        return outcome instanceof Outcome.Success<?> success
                        && success.value() instanceof HttpResponse<?> response
                        && rules.classify(
                                        REPEATABLE,
                                        response.statusCode(),
                                        response.headers()::allValues,
                                        time.wallTime())
                                instanceof Verdict.Transient again
                        && !again.notBefore().isZero()
                ? Optional.of(again.notBefore())
                : Optional.empty();
    }

    /** Why a hint ended the call, and what could be done. */
    String tooLong(Outcome<?> outcome) {
        String delay =
                delayAfter(outcome).map(hint -> TextFormat.time(hint.toNanos())).orElse("a longer wait");
        return "the server asks for " + delay + ", more than retry-after-limit="
                + policy.settings().get("retry-after-limit")
                + " allows; raise retry-after-limit and total-timeout, or do not heed it with retry-after=ignore";
    }
}
