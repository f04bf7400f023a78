package dev.respite.spring.boot;

import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the settings of a policy in its text form: those that were given. */
final class SettingsWriter {

    private final Map<String, String> written = new LinkedHashMap<>();
    private final String prefix;

    SettingsWriter(String prefix) {
        this.prefix = prefix;
    }

    /** Writes a number, a word or a text; nothing if it was not given. */
    void put(String key, @Nullable Object value) {
        if (value != null) {
            written.put(prefix + key, value.toString());
        }
    }

    void put(String key, @Nullable Duration value) {
        if (value != null) {
            written.put(
                    prefix + key,
                    value.isNegative() ? "-" + ValueFormat.format(value.negated()) : ValueFormat.format(value));
        }
    }

    /** Writes a number in its shortest form. */
    void put(String key, @Nullable Double value) {
        if (value != null) {
            written.put(prefix + key, ValueFormat.format(value));
        }
    }

    /** Writes a text that YAML reads as the boolean false where it says {@code off}. */
    void putOrOff(String key, @Nullable String value) {
        put(key, PolicyProperties.FALSE.equals(value) ? PolicyProperties.OFF : value);
    }

    void putLimit(String key, @Nullable TimeLimit value) {
        if (value != null) {
            value.limit().ifPresentOrElse(limit -> put(key, limit), () -> put(key, PolicyProperties.OFF));
        }
    }

    void putAll(String key, @Nullable List<String> values) {
        if (values != null && !values.isEmpty()) {
            written.put(prefix + key, String.join(",", values));
        }
    }

    Map<String, String> written() {
        return written;
    }
}
