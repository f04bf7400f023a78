package dev.respite.sim;

import dev.respite.failure.FailureFact.HttpStatus;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;

/**
 * Judges answers by their status, as the HTTP clients' rules do, and everything else as the policy does. The mark of a refused
 * retry forbids another one. Policies without a budget stand for other libraries, which do not read the mark.
 */
final class ResponseClassifier implements Classifier {

    private final RetryPolicy policy;
    private final boolean readsMarks;

    ResponseClassifier(RetryPolicy policy) {
        this.policy = policy;
        this.readsMarks = !policy.budget().equals(BudgetSpec.off());
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
        if (readsMarks && error.isRefusal()) {
            return Verdict.fatal(StopReason.RETRY_FORBIDDEN_BY_SERVER, kind);
        }
        return policy.rules().isRetried(outcome, kind, HttpStatus.isTransient(error.status()))
                ? Verdict.transientError(kind, error.retryAfter().orElse(Duration.ZERO))
                : Verdict.fatal(StopReason.FATAL, kind);
    }

    @Override
    public boolean judgesValues() {
        return policy.classifier().judgesValues();
    }
}
