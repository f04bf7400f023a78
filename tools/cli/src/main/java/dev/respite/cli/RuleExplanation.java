package dev.respite.cli;

import dev.respite.policy.Explanation;
import dev.respite.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The explanation of one rule of a policy.
 *
 * @param error the error, as the rule names it
 * @param explanation the explanation of a policy in which all errors have this rule
 */
record RuleExplanation(String error, Explanation explanation) {

    private static final String RULE = "on.";
    private static final Set<String> ATTEMPTS = Set.of("max-attempts", "unbounded");
    private static final Set<String> BACKOFF =
            Set.of("backoff", "base-delay", "multiplier", "increment", "max-delay", "jitter");

    static List<RuleExplanation> of(RetryPolicy policy) {
        Map<String, String> general = new LinkedHashMap<>();
        Map<String, Map<String, String>> rules = new LinkedHashMap<>();
        policy.settings().forEach((key, value) -> {
            if (key.startsWith(RULE)) {
                int dot = key.lastIndexOf('.');
                rules.computeIfAbsent(key.substring(RULE.length(), dot), error -> new LinkedHashMap<>())
                        .put(key.substring(dot + 1), value);
            } else {
                general.put(key, value);
            }
        });
        // The total timeout bounds no delay, and an explicit value would be checked against each one.
        general.put("total-timeout", "off");
        // No delay depends on them, and each rule would read all of them again.
        general.keySet().removeAll(Set.of("retry-on", "stop-on"));
        List<RuleExplanation> explained = new ArrayList<>();
        rules.forEach((error, rule) ->
                explained.add(new RuleExplanation(error, Explanation.of(RetryPolicy.of(merged(general, rule))))));
        return explained;
    }

    /**
     * Merges a rule with the general settings. As in the text of a policy, a rule with one backoff key replaces all general
     * backoff keys.
     */
    private static Map<String, String> merged(Map<String, String> general, Map<String, String> rule) {
        Map<String, String> merged = new LinkedHashMap<>(general);
        for (Set<String> group : List.of(ATTEMPTS, BACKOFF)) {
            if (rule.keySet().stream().anyMatch(group::contains)) {
                merged.keySet().removeAll(group);
            }
        }
        merged.putAll(rule);
        return merged;
    }
}
