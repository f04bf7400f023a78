package dev.respite.spring;

import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.backoff.BackOffExecution;

/** The attempts of one execution of Spring's. It begins with the first failure. */
final class PolicyBackOff implements BackOffExecution {

    private static final long NANOS_PER_MILLI = 1_000_000;

    private static final Outcome.Failure<Object> UNKNOWN =
            new Outcome.Failure<>(new IllegalStateException("the failure is not known yet"), false);

    private final Retry retry;
    private final Supplier<@Nullable Throwable> failures;
    private final long start;
    private Attempt attempt = Attempt.FIRST;

    /**
     * Begins an execution.
     *
     * @param retry the retry that decides
     * @param failures returns the failure of the attempt that has ended; null if it is not known
     */
    PolicyBackOff(Retry retry, Supplier<@Nullable Throwable> failures) {
        this.retry = retry;
        this.failures = failures;
        this.start = retry.time().nanoTime();
    }

    @Override
    public long nextBackOff() {
        @Nullable Throwable failure = failures.get();
        Outcome<Object> outcome = failure == null ? UNKNOWN : Outcome.failure(failure);
        Verdict verdict = failure == null
                ? Verdict.transientError(ErrorKind.OTHER)
                : retry.policy().classify(outcome);
        if (!(verdict instanceof Verdict.Transient error)) {
            return STOP;
        }
        long now = retry.time().nanoTime();
        boolean isTimed = retry.policy().limits().totalTimeout().isPresent();
        long elapsed = isTimed ? Math.max(0, now - start) : 0;
        FailedAttempt failed = new FailedAttempt(error.kind(), attempt.number(), now, 0);
        boolean isPaid = error.kind().load() != ErrorKind.Load.NONE;
        RetryBudget budget = retry.budget();
        if (isPaid) {
            budget.failed(failed);
        }
        Decision<Object> decision = retry.policy()
                .decide(attempt.at(elapsed), outcome, error, retry.time().roll());
        if (!(decision instanceof Decision.RetryAfter<Object> again)) {
            return STOP;
        }
        if (isPaid && budget.tryAcquire(failed, retry.time()::roll).isEmpty()) {
            return STOP;
        }
        attempt = attempt.next(elapsed, again.backoffNanos());
        // Never shorter than the delay of the policy or of a server's hint.
        return (again.delayNanos() + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    }
}
