package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A policy as keys and values: every value that applies, in the order of the vocabulary. */
final class PolicyWriter {

    private PolicyWriter() {}

    static Map<String, String> settings(RetryPolicy policy) {
        Map<String, String> out = new LinkedHashMap<>();
        Limits limits = policy.limits();
        limits.unboundedReason()
                .ifPresentOrElse(
                        reason -> out.put(PolicyKeys.UNBOUNDED, reason),
                        () -> out.put(
                                PolicyKeys.MAX_ATTEMPTS,
                                limits.isUnbounded() ? PolicyKeys.UNLIMITED : Integer.toString(limits.maxAttempts())));
        if (policy.backoff() instanceof BackoffFormula schedule) {
            schedule.settings().write("", out);
        } else {
            out.put(PolicyKeys.BACKOFF, PolicyKeys.CUSTOM);
        }
        out.put(
                PolicyKeys.TOTAL_TIMEOUT,
                limits.totalTimeout().map(ValueFormat::format).orElse(PolicyKeys.OFF));
        limits.attemptTimeout().ifPresent(timeout -> out.put(PolicyKeys.ATTEMPT_TIMEOUT, ValueFormat.format(timeout)));
        out.put(PolicyKeys.RETRY_AFTER, policy.hints().mode().toString());
        if (policy.hints().mode() != Hints.Mode.IGNORE) {
            out.put(
                    PolicyKeys.RETRY_AFTER_LIMIT,
                    ValueFormat.format(policy.hints().limit()));
        }
        budget(policy.budget(), out);
        limits.budgetWait().ifPresent(wait -> out.put(PolicyKeys.BUDGET_WAIT, wait.toString()));
        if (limits.nested() != Nested.SUPPRESS) {
            out.put(PolicyKeys.NESTED, limits.nested().toString());
        }
        classification(policy, out);
        new TreeMap<>(policy.rules().rules().entries())
                .forEach((error, rule) -> rule(PolicyKeys.RULE + error + ".", rule, out));
        if (!policy.acknowledged().isEmpty()) {
            out.put(PolicyKeys.ACKNOWLEDGE, String.join(",", new TreeSet<>(policy.acknowledged())));
        }
        return out;
    }

    private static void budget(BudgetSpec budget, Map<String, String> out) {
        if (budget instanceof FleetSpec fleet) {
            out.put(PolicyKeys.BUDGET, FleetSpec.DEFAULT.toString());
            fleet.clients().ifPresent(clients -> out.put(PolicyKeys.CLIENTS, Integer.toString(clients)));
        } else {
            out.put(PolicyKeys.BUDGET, budget.toString());
        }
    }

    private static void classification(RetryPolicy policy, Map<String, String> out) {
        overrides(PolicyKeys.RETRY_ON, policy.rules(), ErrorRules.VerdictOverride.RETRY, out);
        overrides(PolicyKeys.STOP_ON, policy.rules(), ErrorRules.VerdictOverride.STOP, out);
        if (!policy.rules().predicates().isEmpty()) {
            out.put("retry-on-exception", PolicyKeys.CUSTOM);
        }
        if (!(policy.classifier() instanceof StandardClassifier standard)) {
            out.put("classifier", PolicyKeys.CUSTOM);
        } else if (!standard.results().isEmpty()) {
            out.put("retry-on-result", PolicyKeys.CUSTOM);
        }
    }

    private static void overrides(
            String key, ErrorRules rules, ErrorRules.VerdictOverride override, Map<String, String> out) {
        String errors = rules.overrides().entries().entrySet().stream()
                .filter(entry -> entry.getValue() == override)
                .map(Map.Entry::getKey)
                .sorted()
                .collect(Collectors.joining(","));
        if (!errors.isEmpty()) {
            out.put(key, errors);
        }
    }

    private static void rule(String prefix, ErrorRules.Rule rule, Map<String, String> out) {
        rule.maxAttempts().ifPresent(n -> out.put(prefix + PolicyKeys.MAX_ATTEMPTS, Integer.toString(n)));
        rule.backoff().ifPresent(schedule -> schedule.settings().write(prefix, out));
    }
}
