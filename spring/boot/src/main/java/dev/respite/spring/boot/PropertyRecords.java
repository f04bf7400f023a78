package dev.respite.spring.boot;

import dev.respite.text.ValueFormat;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;
import org.springframework.util.ReflectionUtils;

/** Reads records of properties by the names of their components. */
final class PropertyRecords {

    private PropertyRecords() {}

    /** An element of a name that does not exist, as it was written, and the elements that exist in its place. */
    record Unknown(String element, List<String> known) {}

    /**
     * Finds the first element of a name that does not exist; empty if all do, so that there are too many.
     *
     * @param index the index of the element that is a component of the type, or a key if the type is a map
     */
    static Optional<Unknown> firstUnknown(ConfigurationPropertyName name, int index, ResolvableType type) {
        if (index >= name.getNumberOfElements()) {
            return Optional.empty();
        }
        if (Map.class.isAssignableFrom(type.toClass())) {
            return firstUnknown(name, index + 1, type.getGeneric(1));
        }
        if (!type.toClass().isRecord()) {
            return Optional.empty();
        }
        List<String> known = new ArrayList<>();
        for (RecordComponent component : type.toClass().getRecordComponents()) {
            if (component.getName().toLowerCase(Locale.ROOT).equals(name.getElement(index, Form.UNIFORM))) {
                return firstUnknown(name, index + 1, ResolvableType.forType(component.getGenericType()));
            }
            known.add(key(component));
        }
        return Optional.of(new Unknown(name.getElement(index, Form.DASHED), known));
    }

    /** Writes the values that were given as settings of a policy: keys and texts. */
    static Map<String, String> settings(String prefix, Record properties) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (RecordComponent component : properties.getClass().getRecordComponents()) {
            String key = key(component);
            ReflectionUtils.makeAccessible(component.getAccessor());
            @Nullable Object value = ReflectionUtils.invokeMethod(component.getAccessor(), properties);
            if (value instanceof Map<?, ?> errors) {
                errors.forEach((error, rule) ->
                        settings.putAll(settings("on." + ErrorNames.checked((String) error) + ".", (Record) rule)));
            } else if (value != null && !value.equals(List.of())) {
                settings.put(prefix + key, text(key, value));
            }
        }
        return settings;
    }

    private static String key(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private static String text(String key, Object value) {
        if (value instanceof Duration duration) {
            return duration.isNegative() ? "-" + ValueFormat.format(duration.negated()) : ValueFormat.format(duration);
        }
        if (value instanceof TimeLimit timeout) {
            return timeout.limit().map(limit -> text(key, limit)).orElse(PolicyProperties.OFF);
        }
        if (value instanceof Double number) {
            return ValueFormat.format(number);
        }
        if (value instanceof List<?> values) {
            return String.join(",", values.stream().map(Object::toString).toList());
        }
        // YAML reads "off" as the boolean false.
        return key.equals("budget") && value.equals(PolicyProperties.FALSE) ? PolicyProperties.OFF : value.toString();
    }
}
