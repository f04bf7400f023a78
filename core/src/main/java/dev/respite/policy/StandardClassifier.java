package dev.respite.policy;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The classifier of a policy that was given none: what the JDK knows to be transient, changed by {@code retry-on},
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
        Optional<ErrorKind> known = KnownErrors.transientKind(failure.error());
        ErrorKind kind = known.orElse(ErrorKind.OTHER);
        return switch (rules.ruling(failure, kind)) {
            case RETRY -> Verdict.transientError(kind);
            case STOP -> Verdict.fatal(StopReason.FATAL, kind);
            case NONE -> known.isPresent() ? Verdict.transientError(kind) : Verdict.fatal();
        };
    }
}
