package dev.respite.call;

import dev.respite.Retry;
import dev.respite.outcome.Classifier;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.ErrorRules;
import dev.respite.policy.RetryPolicy;
import java.util.Objects;

/**
 * Lets the operation of one call say that it must not be run again, because an attempt has taken effect, or may have. The call
 * then ends with what that attempt ends with. If the policy would have retried that, the stop reason is {@link
 * StopReason#NOT_IDEMPOTENT}.
 *
 * <pre>{@code
 * RepeatGuard guard = RepeatGuard.of(retry);
 * guard.retry().run(() -> {
 *     connect(); // a failure of this is retried as usual
 *     guard.forbid();
 *     send();
 * });
 * }</pre>
 *
 * <p>A guard is for one call. Its methods may be called by any thread.
 */
public final class RepeatGuard {

    private final Retry retry;
    private volatile boolean isForbidden;

    private RepeatGuard(Retry retry) {
        Classifier classifier = retry.policy().classifier();
        this.retry = retry.withPolicy(retry.policy().withClassifier(new Guarded(classifier)));
    }

    /**
     * {@return a guard for a call}
     *
     * @param retry the retry under which the call is to be made
     */
    public static RepeatGuard of(Retry retry) {
        return new RepeatGuard(Objects.requireNonNull(retry, "retry"));
    }

    /**
     * Returns a retry for operations whose repetition does no harm. It also retries failures after which the result is unknown,
     * such as the SQLStates 40003 and 08007, unless the policy names them in {@code stop-on}.
     *
     * @param retry the retry
     * @return a retry with the budget, the counts and the listeners of the given one
     */
    public static Retry withRepetitionPermitted(Retry retry) {
        RetryPolicy policy = retry.policy();
        return retry.withPolicy(policy.withClassifier(new Permitting(policy.classifier(), policy.rules())));
    }

    /**
     * {@return the retry to make the call with} It has the policy, the budget, the counts and the listeners of the one that was
     * given.
     */
    public Retry retry() {
        return retry;
    }

    /** Forbids further attempts of the call. One that has begun in the meantime goes on. */
    public void forbid() {
        isForbidden = true;
    }

    /** Turns a transient verdict of the policy's own classifier into the end of a call whose repetition is forbidden. */
    private final class Guarded implements Classifier {

        private final Classifier classifier;

        Guarded(Classifier classifier) {
            this.classifier = classifier;
        }

        @Override
        public Verdict classify(Outcome<?> outcome) {
            Verdict verdict = classifier.classify(outcome);
            return isForbidden && verdict instanceof Verdict.Transient error
                    ? Verdict.fatal(StopReason.NOT_IDEMPOTENT, error.kind())
                    : verdict;
        }

        @Override
        public boolean judgesValues() {
            return classifier.judgesValues();
        }
    }

    /** Turns the end of a call with an unknown result into a transient verdict. */
    private record Permitting(Classifier classifier, ErrorRules rules) implements Classifier {

        @Override
        public Verdict classify(Outcome<?> outcome) {
            Verdict verdict = classifier.classify(outcome);
            return verdict instanceof Verdict.Fatal end
                            && end.reason() == StopReason.NOT_IDEMPOTENT
                            && rules.isRetried(outcome, end.kind(), true)
                    ? Verdict.transientError(end.kind())
                    : verdict;
        }

        @Override
        public boolean judgesValues() {
            return classifier.judgesValues();
        }
    }
}
