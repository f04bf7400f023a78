package dev.respite.policy;

import dev.respite.failure.FailureFact.GrpcCode;
import dev.respite.text.Spelling;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Examines what a policy gives for particular errors, for what its author may not have meant. */
final class ErrorLint {

    private static final Set<String> EVERYTHING =
            Set.of(SelectorSyntax.ANY, "java.lang.Throwable", "java.lang.Exception", "java.lang.RuntimeException");
    private static final Set<String> PERMANENT = Set.of(
            "4xx",
            "400",
            "401",
            "402",
            "403",
            "404",
            "405",
            "406",
            "410",
            "411",
            "413",
            "414",
            "415",
            "422",
            "501",
            "505",
            "511",
            "grpc:INVALID_ARGUMENT",
            "grpc:NOT_FOUND",
            "grpc:ALREADY_EXISTS",
            "grpc:PERMISSION_DENIED",
            "grpc:UNAUTHENTICATED",
            "grpc:UNIMPLEMENTED",
            "grpc:OUT_OF_RANGE",
            "sqlstate:22",
            "sqlstate:23",
            "sqlstate:42",
            "java.lang.IllegalArgumentException",
            "java.lang.IllegalStateException",
            "java.lang.NullPointerException",
            "java.lang.UnsupportedOperationException",
            "java.lang.ClassCastException",
            "java.lang.Error",
            "java.lang.OutOfMemoryError",
            "java.io.FileNotFoundException",
            "java.lang.InterruptedException",
            "java.util.concurrent.CancellationException");

    /** The names that Respite gives to kinds, and {@code any}. */
    private static final List<String> KNOWN_NAMES = Stream.concat(
                    Stream.of("any", "timeout", "connect", "throttled", "io", "sql", "result", "rejected", "other"),
                    Arrays.stream(GrpcCode.values()).map(KnownFailures::nameOf))
            .toList();

    /** The most letters that a slip changes. */
    private static final int MAX_EDITS = 2;

    private final RetryPolicy policy;
    private final Map<String, ErrorRules.VerdictOverride> overrides;
    private final Map<String, ErrorRules.Rule> rules;
    private final Lint lint;

    ErrorLint(RetryPolicy policy, Lint lint) {
        this.policy = policy;
        this.overrides = policy.rules().overrides().entries();
        this.rules = policy.rules().rules().entries();
        this.lint = lint;
    }

    void check() {
        if (overrides.get(SelectorSyntax.ANY) == ErrorRules.VerdictOverride.STOP
                && !overrides.containsValue(ErrorRules.VerdictOverride.RETRY)
                && !isDecidedInCode()) {
            lint.warn("no-retries", "stop-on=any ends every call at its first failure, so nothing is ever retried");
        }
        overrides.forEach((error, override) -> {
            if (override == ErrorRules.VerdictOverride.RETRY) {
                retried(error);
            }
        });
        rules.forEach(this::rule);
        Stream.concat(overrides.keySet().stream(), rules.keySet().stream())
                .distinct()
                .forEach(this::name);
    }

    private void retried(String error) {
        if (EVERYTHING.contains(error)) {
            lint.warn(
                    "retries-everything",
                    "retry-on=" + error + " retries programming errors and refusals too, which"
                            + " no further attempt can change; name the transient errors");
        } else if (PERMANENT.contains(error)) {
            lint.warn("retries-permanent-error", "retry-on=" + error + " retries what no further attempt can change");
        }
        ErrorRules.Rule rule = rules.get(error);
        if (rule != null && rule.maxAttempts().orElse(policy.limits().maxAttempts()) == 1) {
            lint.warn(
                    "retry-on-without-effect",
                    "on." + error + ".max-attempts=1 makes one attempt, so retry-on=" + error
                            + " has no effect; leave one of them out");
        }
    }

    /** Returns whether code may retry what the text does not. */
    private boolean isDecidedInCode() {
        return !(policy.classifier() instanceof StandardClassifier standard)
                || standard.judgesValues()
                || !policy.rules().predicates().isEmpty();
    }

    private void rule(String error, ErrorRules.Rule rule) {
        if (overrides.get(error) == ErrorRules.VerdictOverride.STOP) {
            lint.warn(
                    "rule-without-effect",
                    "stop-on=" + error + " ends the call, so the rule on." + error + " has no effect");
        }
        int attempts = rule.maxAttempts().orElse(policy.limits().maxAttempts());
        boolean standard = policy.classifier() instanceof StandardClassifier;
        if (standard && attempts > 1 && PERMANENT.contains(error) && !isRetriedByName(error)) {
            lint.warn(
                    "rule-without-effect",
                    "a rule sets limits and makes nothing retryable: " + error + " is not retried unless retry-on="
                            + error + " says so");
        }
        if (rule.maxAttempts().isPresent() && attempts > Lint.MANY_ATTEMPTS) {
            lint.warn(
                    "many-attempts",
                    "on." + error + ".max-attempts=" + attempts
                            + ": an error that has not passed after a few tries seldom does");
        }
        rule.backoff().ifPresent(schedule -> lint.schedule("on." + error + ": ", attempts, schedule.settings()));
    }

    private boolean isRetriedByName(String error) {
        return Stream.of(error, error.substring(0, 1) + "xx", SelectorSyntax.ANY)
                .anyMatch(name -> overrides.get(name) == ErrorRules.VerdictOverride.RETRY);
    }

    /** A name of one's own is as valid as a known one, unless it looks like a slip. */
    private void name(String error) {
        if (!SelectorSyntax.isName(error) || KNOWN_NAMES.contains(error)) {
            return;
        }
        Spelling.nearest(error, KNOWN_NAMES, MAX_EDITS)
                .ifPresent(known -> lint.warn(
                        "unknown-error-name",
                        "'" + error + "' is no name that Respite gives to errors; did you mean '" + known + "'?"));
    }
}
