package dev.respite.policy;

import java.util.HashMap;
import java.util.LinkedHashMap;
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

    /** Returns the number of characters of the given settings. */
    long givenLength() {
        return given.entrySet().stream()
                .mapToLong(
                        entry -> entry.getKey().length() + 1L + entry.getValue().length())
                .sum();
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

    /**
     * Returns the settings of each rule by its error, under their plain keys. Keys that a rule does not have are inherited from the
     * given defaults.
     */
    Map<String, Settings> rules(Map<String, String> general) {
        Map<String, Map<String, String>> givenRules = byError(given);
        Map<String, Map<String, String>> inheritedRules = byError(inherited);
        Set<String> errors = new TreeSet<>(givenRules.keySet());
        errors.addAll(inheritedRules.keySet());
        Map<String, Settings> rules = new LinkedHashMap<>();
        for (String error : errors) {
            Map<String, String> under = new LinkedHashMap<>(general);
            under.putAll(inheritedRules.getOrDefault(error, Map.of()));
            rules.put(error, new Settings(givenRules.getOrDefault(error, Map.of()), under));
        }
        return rules;
    }

    /** Returns whether the rule has the key, given or inherited. */
    boolean hasRuleKey(String error, String key) {
        return value(PolicyKeys.RULE + error + "." + key).isPresent();
    }

    private static Map<String, Map<String, String>> byError(Map<String, String> settings) {
        Map<String, Map<String, String>> rules = new HashMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith(PolicyKeys.RULE)) {
                int dot = key.lastIndexOf('.');
                rules.computeIfAbsent(key.substring(PolicyKeys.RULE.length(), dot), error -> new HashMap<>())
                        .put(key.substring(dot + 1), value);
            }
        });
        return rules;
    }
}
