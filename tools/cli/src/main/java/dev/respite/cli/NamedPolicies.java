package dev.respite.cli;

import dev.respite.cli.console.UsageException;
import dev.respite.policy.InvalidPolicyException;
import dev.respite.policy.RetryPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses named policies for a comparison: {@code mine='max-attempts=5'}. */
final class NamedPolicies {

    private static final String POINTER = "The keys of a policy: 'respite explain --help'.";

    private NamedPolicies() {}

    static Map<String, RetryPolicy> read(List<String> given) {
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        for (String pair : given) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw nameless(pair);
            }
            String name = pair.substring(0, equals);
            if (policies.put(name, policy(pair, name, pair.substring(equals + 1))) != null) {
                throw refused(name, "it is given twice");
            }
        }
        return policies;
    }

    private static RetryPolicy policy(String pair, String name, String text) {
        try {
            return RetryPolicy.parse(text);
        } catch (InvalidPolicyException wrong) {
            // A pair that begins with a policy key is a policy without a name.
            throw KeyNames.isKey(name) ? nameless(pair) : refused(name, String.valueOf(wrong.getMessage()));
        }
    }

    private static UsageException nameless(String pair) {
        return refused(
                pair, "expected NAME=TEXT, such as mine='" + (pair.contains("=") ? pair : "max-attempts=5") + "'");
    }

    private static UsageException refused(String what, String why) {
        return new UsageException("--policy " + what + ": " + why, POINTER);
    }
}
