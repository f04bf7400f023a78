package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A policy was refused. The message names the key, its value, the rule that it breaks and the way out. Nothing was
 * built.
 */
public final class InvalidPolicyException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** The value; null if the message has another form. */
    private final @Nullable String value;

    /** The rule that the value breaks; null if the message has another form. */
    private final @Nullable String rule;

    InvalidPolicyException(String message) {
        this(message, null, null);
    }

    private InvalidPolicyException(String message, @Nullable String value, @Nullable String rule) {
        super(message);
        this.value = value;
        this.rule = rule;
    }

    static InvalidPolicyException of(String key, String value, String rule) {
        return new InvalidPolicyException(setting(key, value) + ": " + rule, value, rule);
    }

    /** Reads a value of several parts. If a part is invalid, the message has the whole value too. */
    static <T> T ofWhole(String key, String whole, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (InvalidPolicyException invalid) {
            @Nullable String element = invalid.value;
            if (element == null || element.equals(whole)) {
                throw invalid;
            }
            throw new InvalidPolicyException(
                    setting(key, whole) + ": '" + ValueFormat.shortened(element) + "' " + invalid.rule,
                    whole,
                    invalid.rule);
        }
    }

    private static String setting(String key, String value) {
        return ValueFormat.shortened(key) + "=" + ValueFormat.shortened(value);
    }
}
