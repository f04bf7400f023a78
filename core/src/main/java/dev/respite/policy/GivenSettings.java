package dev.respite.policy;

import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings that a builder was given, by their keys; a later value replaces an earlier one, and errors are added. */
final class GivenSettings {

    private final Map<String, String> values = new LinkedHashMap<>();

    Map<String, String> values() {
        return values;
    }

    void put(String key, String value) {
        values.put(key, value);
    }

    void put(String key, Duration value) {
        put(key, ValueFormat.format(requireNotNegative(key, value)));
    }

    static Duration requireNotNegative(String key, Duration value) {
        if (value.isNegative()) {
            String text = "-" + ValueFormat.format(value.negated());
            throw InvalidPolicyException.of(key, text, "a duration is not negative, such as 100ms");
        }
        return value;
    }

    void putAll(Map<String, String> settings) {
        settings.forEach((key, value) -> {
            if (value == null) {
                throw InvalidPolicyException.of(key, "", "it has no value; give it one or leave it out");
            }
            put(key, value);
        });
    }

    void remove(String key) {
        values.remove(key);
    }

    void add(String key, String... errors) {
        values.merge(key, String.join(",", errors), (before, added) -> before + "," + added);
    }
}
