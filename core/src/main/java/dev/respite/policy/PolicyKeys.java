package dev.respite.policy;

import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.util.List;
import java.util.stream.Stream;

/** The keys of a policy, in the order in which they are written. */
final class PolicyKeys {

    static final String PRESET = "preset";
    static final String MAX_ATTEMPTS = "max-attempts";
    static final String UNLIMITED = "unlimited";
    static final String MAX_RETRIES = "max-retries";
    static final String UNBOUNDED = "unbounded";
    static final String BACKOFF = "backoff";
    static final String BASE_DELAY = "base-delay";
    static final String MULTIPLIER = "multiplier";
    static final String INCREMENT = "increment";
    static final String MAX_DELAY = "max-delay";
    static final String JITTER = "jitter";
    static final String TOTAL_TIMEOUT = "total-timeout";
    static final String ATTEMPT_TIMEOUT = "attempt-timeout";
    static final String RETRY_AFTER = "retry-after";
    static final String RETRY_AFTER_LIMIT = "retry-after-limit";
    static final String BUDGET = "budget";
    static final String CLIENTS = "clients";
    static final String BUDGET_WAIT = "budget-wait";
    static final String NESTED = "nested";
    static final String RETRY_ON = "retry-on";
    static final String STOP_ON = "stop-on";
    static final String ACKNOWLEDGE = "acknowledge";

    /** The prefix of a rule's key: {@code on.<error>.<key>}. */
    static final String RULE = "on.";

    /** The value of a limit that is switched off. */
    static final String OFF = "off";

    /** A part that was written in code, in the text form. */
    static final String CUSTOM = "(custom)";

    static final List<String> BACKOFF_KEYS = List.of(BACKOFF, BASE_DELAY, MULTIPLIER, INCREMENT, MAX_DELAY, JITTER);

    private static final List<String> RULE_KEYS = Stream.concat(
                    Stream.of(MAX_ATTEMPTS, MAX_RETRIES), BACKOFF_KEYS.stream())
            .toList();

    static final List<String> KEYS = Stream.of(
                    Stream.of(PRESET),
                    RULE_KEYS.stream(),
                    Stream.of(UNBOUNDED, TOTAL_TIMEOUT, ATTEMPT_TIMEOUT, RETRY_AFTER, RETRY_AFTER_LIMIT),
                    Stream.of(BUDGET, CLIENTS, BUDGET_WAIT, NESTED, RETRY_ON, STOP_ON, ACKNOWLEDGE))
            .flatMap(keys -> keys)
            .toList();

    private PolicyKeys() {}

    /** Refuses an unknown key, and names the nearest known one. */
    static void check(String key) {
        if (key.startsWith(RULE)) {
            checkRule(key);
        } else if (!KEYS.contains(key)) {
            throw new InvalidPolicyException(
                    "unknown key '" + ValueFormat.shortened(key) + "'" + Spelling.suggestion(key, KEYS));
        }
    }

    private static void checkRule(String key) {
        int dot = key.lastIndexOf('.');
        String setting = key.substring(dot + 1);
        if (dot < RULE.length()) {
            throw new InvalidPolicyException("unknown key '" + ValueFormat.shortened(key)
                    + "'; a rule is on.<error>.<key>, such as on.503.max-attempts=5");
        }
        if (!RULE_KEYS.contains(setting)) {
            throw new InvalidPolicyException("unknown key '" + ValueFormat.shortened(setting) + "' in the rule '"
                    + ValueFormat.shortened(key) + "'"
                    + Spelling.suggestion(setting, RULE_KEYS));
        }
        SelectorSyntax.check("on.<error>", key.substring(RULE.length(), dot));
    }
}
