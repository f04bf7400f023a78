package dev.respite.policy;

import dev.respite.outcome.Classifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

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
}
