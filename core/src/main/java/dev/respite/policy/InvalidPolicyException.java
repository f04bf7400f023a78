package dev.respite.policy;

import dev.respite.text.ValueFormat;

/**
 * A policy was refused. The message names the key, its value, the rule that it breaks and the way out. Nothing was
 * built.
 */
public final class InvalidPolicyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidPolicyException(String message) {
        super(message);
    }

    static InvalidPolicyException of(String key, String value, String rule) {
        return new InvalidPolicyException(
                ValueFormat.shortened(key) + "=" + ValueFormat.shortened(value) + ": " + rule);
    }
}
