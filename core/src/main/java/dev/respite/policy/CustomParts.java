package dev.respite.policy;

import dev.respite.cause.CauseChain;
import dev.respite.outcome.Classifier;
import dev.respite.policy.ErrorRules.VerdictOverride;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
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

    /** Classes that the text form cannot name, since they have no package for example. */
    final Set<Class<?>> retried = new LinkedHashSet<>();

    /** As {@link #retried}. */
    final Set<Class<?>> stopped = new LinkedHashSet<>();

    static CustomParts of(RetryPolicy policy) {
        CustomParts parts = new CustomParts();
        if (!(policy.backoff() instanceof BackoffFormula)) {
            parts.backoff = Optional.of(policy.backoff());
        }
        parts.failures.addAll(policy.rules().predicates());
        policy.rules()
                .overrides()
                .classes()
                .forEach((type, override) ->
                        (override == VerdictOverride.RETRY ? parts.retried : parts.stopped).add(type));
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

    /** Returns whether these parts decide about errors or values, which a classifier written in code does alone. */
    boolean nameErrors() {
        return !results.isEmpty() || !failures.isEmpty() || !retried.isEmpty() || !stopped.isEmpty();
    }

    /** Returns the overrides for {@link #retried} and {@link #stopped}. */
    Map<Class<?>, VerdictOverride> overrides() {
        Map<Class<?>, VerdictOverride> overrides = new LinkedHashMap<>();
        retried.forEach(type -> overrides.put(type, VerdictOverride.RETRY));
        for (Class<?> type : stopped) {
            if (overrides.put(type, VerdictOverride.STOP) != null) {
                throw RulesReader.contradiction(type.getName());
            }
        }
        return overrides;
    }
}
