package dev.respite.cli;

import java.util.Set;

/** The keys of a policy, for hints in messages. */
final class KeyNames {

    private static final Set<String> KEYS = Set.of(
            "preset",
            "max-attempts",
            "max-retries",
            "unbounded",
            "backoff",
            "base-delay",
            "multiplier",
            "increment",
            "max-delay",
            "jitter",
            "total-timeout",
            "attempt-timeout",
            "retry-after",
            "retry-after-limit",
            "budget",
            "budget-wait",
            "clients",
            "nested",
            "retry-on",
            "stop-on",
            "acknowledge");

    private KeyNames() {}

    /** Returns whether the text is a policy key or the key of a rule. */
    static boolean isKey(String text) {
        return text.startsWith("on.") || KEYS.contains(text);
    }
}
