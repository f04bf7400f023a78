package dev.respite.sim;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.Set;

/** Judges answers by their status, as the HTTP clients' rules do, and everything else as the policy does. */
final class ResponseClassifier implements Classifier {

    private static final Set<Integer> PERMANENT_5XX = Set.of(501, 505, 511);
    private static final Set<Integer> TRANSIENT_4XX = Set.of(408, 425, 429);

    private final RetryPolicy policy;

    ResponseClassifier(RetryPolicy policy) {
        this.policy = policy;
    }

    @Override
    public Verdict classify(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failure<?> failure && failure.error() instanceof ServiceErrorException error) {
            return ofError(error, outcome);
        }
        return policy.classifier().classify(outcome);
    }

    private Verdict ofError(ServiceErrorException error, Outcome<?> outcome) {
        ErrorKind kind = ErrorKind.ofStatus(error.status());
        boolean again = switch (policy.rules().override(outcome, kind)) {
            case RETRY -> true;
            case STOP -> false;
            case NONE ->
                error.status() >= 500
                        ? !PERMANENT_5XX.contains(error.status())
                        : TRANSIENT_4XX.contains(error.status());
        };
        return again
                ? Verdict.transientError(kind, error.retryAfter().orElse(Duration.ZERO))
                : Verdict.fatal(StopReason.FATAL, kind);
    }

    @Override
    public boolean judgesValues() {
        return policy.classifier().judgesValues();
    }
}
