package dev.respite.policy;

import dev.respite.cause.CauseChain;
import dev.respite.outcome.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The parts of a policy that are written in code, and so have no text form. */
final class CustomParts {

    Optional<Backoff> backoff = Optional.empty();
    Optional<Classifier> classifier = Optional.empty();
    Optional<UnaryOperator<Classifier>> around = Optional.empty();
    final List<Predicate<Object>> results = new ArrayList<>();
    final List<Predicate<Throwable>> failures = new ArrayList<>();

    static CustomParts of(RetryPolicy policy) {
        CustomParts parts = new CustomParts();
        if (!(policy.backoff() instanceof BackoffFormula)) {
            parts.backoff = Optional.of(policy.backoff());
        }
        parts.failures.addAll(policy.rules().predicates());
        if (policy.classifier() instanceof StandardClassifier standard) {
            parts.results.addAll(standard.results());
        } else {
            parts.classifier = Optional.of(policy.classifier());
        }
        return parts;
    }

    /** Adds exceptions that are retried if a predicate of the outermost one of their class returns true. */
    <X extends Throwable> void retryOn(Class<X> type, Predicate<? super X> predicate) {
        Objects.requireNonNull(predicate, "retried");
        failures.add(failure -> CauseChain.first(
                        failure, error -> type.isInstance(error) ? Optional.of(type.cast(error)) : Optional.empty())
                .filter(predicate)
                .isPresent());
    }

    /** Adds values that are retried. For a null a predicate that throws a {@link NullPointerException} returns false. */
    <R> void reject(Class<R> type, Predicate<? super R> predicate) {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(predicate, "rejected");
        results.add(value ->
                value == null ? rejectsNull(predicate) : type.isInstance(value) && predicate.test(type.cast(value)));
    }

    private static boolean rejectsNull(Predicate<?> predicate) {
        try {
            return predicate.test(null);
        } catch (NullPointerException unexpected) {
            return false;
        }
    }

    /** Adds a value that is retried. */
    void reject(@Nullable Object rejected) {
        // Kotlin and Scala pass a lambda of a type of their own for an object.
        if (rejected instanceof Predicate<?>
                || (rejected != null && rejected.getClass().isSynthetic())) {
            throw new InvalidPolicyException("retryOnResult(" + rejected + "): no result equals a predicate; give the"
                    + " class of the results too, such as retryOnResult(String.class, String::isEmpty)");
        }
        results.add(value -> Objects.equals(value, rejected));
    }
}
