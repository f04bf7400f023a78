package dev.respite.policy;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The classifier of a policy without one of its own: what failures state by themselves, changed by {@code retry-on},
 * {@code stop-on} and the values that are to be retried.
 */
record StandardClassifier(ErrorRules rules, List<Predicate<Object>> results) implements Classifier {

    private static final Verdict BAD_RESULT = Verdict.transientError(ErrorKind.RESULT);

    StandardClassifier {
        results = List.copyOf(results);
    }

    @Override
    public Verdict classify(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failure<?> failure) {
            return ofFailure(failure);
        }
        Object value = ((Outcome.Success<?>) outcome).value();
        for (Predicate<Object> rejected : results) {
            if (rejected.test(value)) {
                return BAD_RESULT;
            }
        }
        return Verdict.accept();
    }

    @Override
    public boolean judgesValues() {
        return !results.isEmpty();
    }

    private Verdict ofFailure(Outcome.Failure<?> failure) {
        @Nullable Verdict known = KnownFailures.verdict(failure.error());
        if (known instanceof Verdict.Fatal fatal && fatal.reason() == StopReason.CANCELLED) {
            return fatal;
        }
        ErrorKind kind = known == null ? ErrorKind.OTHER : KnownFailures.kindOf(known);
        if (rules.isRetried(failure, kind, known instanceof Verdict.Transient)) {
            return known instanceof Verdict.Transient retried ? retried : Verdict.transientError(kind);
        }
        return known instanceof Verdict.Fatal fatal ? fatal : Verdict.fatal(StopReason.FATAL, kind);
    }
}
