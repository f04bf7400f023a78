package dev.respite.cli;

import dev.respite.cli.console.TextFormat;
import dev.respite.http.exchange.HttpRules;
import dev.respite.http.exchange.RequestFacts;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Reads the delay that a response requests, as the HTTP client does with this policy. */
final class ResponseHints {

    private static final RequestFacts REPEATABLE = new RequestFacts("GET", true, true, false);

    private final RetryPolicy policy;
    private final HttpRules rules;
    private final TimeSource time = TimeSource.system();

    ResponseHints(RetryPolicy policy) {
        this.policy = policy;
        this.rules = new HttpRules(policy.rules());
    }

    /**
     * Returns the delay that the server requests before the next attempt. Empty if the response is not retried or requests no
     * delay.
     */
    Optional<Duration> delayAfter(Outcome<?> outcome) {
        return response(outcome)
                .map(response -> rules.classify(
                        REPEATABLE, response.statusCode(), response.headers()::allValues, time.wallTime()))
                .filter(Verdict.Transient.class::isInstance)
                .map(verdict -> ((Verdict.Transient) verdict).notBefore())
                .filter(delay -> !delay.isZero());
    }

    /** Returns the response of an attempt; empty if it failed without one. */
    static Optional<HttpResponse<?>> response(Outcome<?> outcome) {
        return outcome instanceof Outcome.Success<?> success && success.value() instanceof HttpResponse<?> response
                ? Optional.of(response)
                : Optional.empty();
    }

    /** Returns why a hint ended the call, and which settings change that. */
    String tooLong(Outcome<?> outcome) {
        String delay =
                delayAfter(outcome).map(hint -> TextFormat.time(hint.toNanos())).orElse("a longer time");
        return "the server requests a delay of " + delay + ", more than retry-after-limit="
                + policy.settings().get("retry-after-limit")
                + " allows; increase retry-after-limit and total-timeout, or ignore the hint with retry-after=ignore";
    }
}
