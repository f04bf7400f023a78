package dev.respite.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keys and values in two layers. Given values must be right and must agree. Inherited values, from the defaults, a preset or
 * another policy, yield to them.
 */
final class Settings {

    private final Map<String, String> given;
    private final Map<String, String> inherited;

    Settings(Map<String, String> given, Map<String, String> inherited) {
        this.given = Map.copyOf(given);
        this.inherited = Map.copyOf(inherited);
    }

    /** These settings on top of the preset that they name, if they do. */
    Settings resolvePreset() {
        Optional<String> preset = given(PolicyKeys.PRESET);
        if (preset.isEmpty()) {
            return this;
        }
        Map<String, String> rest = new LinkedHashMap<>(given);
        rest.remove(PolicyKeys.PRESET);
        return new Settings(rest, Presets.named(preset.get()));
    }

    Set<String> givenKeys() {
        return new TreeSet<>(given.keySet());
    }

    boolean isGiven(String key) {
        return given.containsKey(key);
    }

    Optional<String> given(String key) {
        return Optional.ofNullable(given.get(key));
    }

    Optional<String> inherited(String key) {
        return Optional.ofNullable(inherited.get(key));
    }

    Optional<String> value(String key) {
        return given(key).or(() -> inherited(key));
    }

    /** The value of a key that the defaults have. */
    String required(String key) {
        return value(key).orElseThrow(() -> new AssertionError("no default for " + key));
    }

    /** The errors that have rules. */
    Set<String> ruledErrors() {
        Set<String> errors = new TreeSet<>();
        for (Set<String> keys : List.of(given.keySet(), inherited.keySet())) {
            for (String key : keys) {
                if (key.startsWith(PolicyKeys.RULE)) {
                    errors.add(key.substring(PolicyKeys.RULE.length(), key.lastIndexOf('.')));
                }
            }
        }
        return errors;
    }

    /** The settings of one rule, under their plain keys; keys that it does not have are inherited from the given defaults. */
    Settings rule(String error, Map<String, String> general) {
        Map<String, String> under = new LinkedHashMap<>(general);
        under.putAll(strip(inherited, error));
        return new Settings(strip(given, error), under);
    }

    /** Returns whether the rule has the key, given or inherited. */
    boolean hasRuleKey(String error, String key) {
        return value(PolicyKeys.RULE + error + "." + key).isPresent();
    }

    private static Map<String, String> strip(Map<String, String> settings, String error) {
        String prefix = PolicyKeys.RULE + error + ".";
        Map<String, String> stripped = new LinkedHashMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith(prefix) && key.indexOf('.', prefix.length()) < 0) {
                stripped.put(key.substring(prefix.length()), value);
            }
        });
        return stripped;
    }
}
