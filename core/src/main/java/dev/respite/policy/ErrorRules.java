package dev.respite.policy;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules of a policy for particular errors: those that are retried, those that are not, and their limits and delays.
 *
 * <p>The most special selector wins: the exception's class, then its supertypes, then the facts that the exception states, then
 * the name of the kind, and last {@code any}. Facts are an HTTP status, a class of statuses, an SQLState and a gRPC code. Where
 * an exception has causes, the outermost of them for which there is a selector decides. The rule that wins is taken whole: the
 * policy has the keys that the rule lacks.
 */
public final class ErrorRules {

    private final ErrorSelector<VerdictOverride> overrides;
    private final List<Predicate<Throwable>> predicates;
    private final ErrorSelector<Rule> rules;

    ErrorRules(
            ErrorSelector<VerdictOverride> overrides,
            List<Predicate<Throwable>> predicates,
            ErrorSelector<Rule> rules) {
        this.overrides = overrides;
        this.predicates = List.copyOf(predicates);
        this.rules = rules;
    }

    /** A verdict that replaces the default. */
    enum VerdictOverride {
        /** The error is named by {@code retry-on}. */
        RETRY,
        /** The error is named by {@code stop-on}. */
        STOP
    }

    /** The limit and the backoff for a kind of error, where they differ from the policy's. */
    record Rule(OptionalInt maxAttempts, Optional<BackoffFormula> backoff) {}

    /**
     * Returns whether an error is retried, by {@code retry-on}, {@code stop-on} and {@code retryOnException} or else by default.
     *
     * @param outcome the outcome; the class of a failure is matched
     * @param kind the kind of error of the outcome
     * @param byDefault the result for an error that none of them names
     * @return true if it is retried
     */
    public boolean isRetried(Outcome<?> outcome, ErrorKind kind, boolean byDefault) {
        if (overrides.isEmpty() && predicates.isEmpty()) {
            return byDefault;
        }
        return override(outcome, kind)
                .map(override -> override == VerdictOverride.RETRY)
                .orElse(byDefault);
    }

    private Optional<VerdictOverride> override(Outcome<?> outcome, ErrorKind kind) {
        if (predicates.isEmpty() || !(outcome instanceof Outcome.Failure<?> failure)) {
            return find(overrides, outcome, kind);
        }
        Optional<VerdictOverride> named = overrides.byFailure(failure.error());
        if (named.isPresent()) {
            return named;
        }
        return predicates.stream().anyMatch(retried -> retried.test(failure.error()))
                ? Optional.of(VerdictOverride.RETRY)
                : overrides.byKind(kind);
    }

    /**
     * Returns the verdict on a failure before the policy's own rules, by the facts of the failure and its causes.
     *
     * @param failure the failure
     * @return a transient or a fatal verdict; {@link StopReason#CANCELLED} where its caller cancelled it, which no rule
     *     overrides; empty if the failure states nothing that is known
     */
    public static Optional<Verdict> knownVerdict(Throwable failure) {
        return Optional.ofNullable(KnownFailures.verdict(failure));
    }

    /**
     * {@return the full names of the classes that {@code retry-on}, {@code stop-on} and rules name, as they were given; some
     * may not exist}
     */
    public Set<String> classNames() {
        return Stream.concat(overrides.entries().keySet().stream(), rules.entries().keySet().stream())
                .filter(SelectorSyntax::isClassName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Returns whether {@code retry-on} names this selector.
     *
     * @param selector a class name or another selector, as it was given
     * @return true if it does
     */
    public boolean isInRetryOn(String selector) {
        return overrides.entries().get(selector) == VerdictOverride.RETRY;
    }

    /**
     * Returns whether a class is one of an {@link Error}, an interruption or a cancellation, which no policy retries.
     *
     * @param type the class
     * @return true if {@code retry-on} of it can have no effect
     */
    public static boolean isNeverRetried(Class<?> type) {
        return SelectorSyntax.isNeverRetried(type);
    }

    Optional<Rule> rule(Outcome<?> outcome, ErrorKind kind) {
        return find(rules, outcome, kind);
    }

    /** These rules for attempts that run side by side: no delays, and limits of at most so many attempts. */
    ErrorRules hedging(int maxAttempts) {
        Map<String, Rule> limits = new LinkedHashMap<>();
        rules.entries().forEach((selector, rule) -> {
            int own = rule.maxAttempts().orElse(maxAttempts);
            limits.put(selector, new Rule(OptionalInt.of(Math.min(own, maxAttempts)), Optional.empty()));
        });
        return new ErrorRules(overrides, predicates, new ErrorSelector<>(limits));
    }

    ErrorSelector<VerdictOverride> overrides() {
        return overrides;
    }

    /** Return true for failures that are retried besides those that the overrides name. */
    List<Predicate<Throwable>> predicates() {
        return predicates;
    }

    ErrorSelector<Rule> rules() {
        return rules;
    }

    /** The longest of the rules' own base delays, in nanoseconds; 0 if none has one. */
    long longestFirstDelay() {
        return rules.entries().values().stream()
                .flatMap(rule -> rule.backoff().stream())
                .mapToLong(schedule -> schedule.settings().base())
                .max()
                .orElse(0);
    }

    private static <V> Optional<V> find(ErrorSelector<V> selector, Outcome<?> outcome, ErrorKind kind) {
        if (selector.isEmpty()) {
            return Optional.empty();
        }
        if (outcome instanceof Outcome.Failure<?> failure) {
            Optional<V> found = selector.byFailure(failure.error());
            if (found.isPresent()) {
                return found;
            }
        }
        return selector.byKind(kind);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ErrorRules that
                && that.overrides.equals(overrides)
                && that.predicates.equals(predicates)
                && that.rules.equals(rules);
    }

    @Override
    public int hashCode() {
        return Objects.hash(overrides, predicates, rules);
    }
}
