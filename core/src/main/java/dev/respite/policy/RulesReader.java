package dev.respite.policy;

import dev.respite.policy.ErrorRules.Rule;
import dev.respite.policy.ErrorRules.VerdictOverride;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Reads the rules for particular errors from settings. */
final class RulesReader {

    private final Settings settings;

    private RulesReader(Settings settings) {
        this.settings = settings;
    }

    static ErrorRules read(Settings settings, BackoffSettings general, List<Predicate<Throwable>> retried) {
        RulesReader reader = new RulesReader(settings);
        return new ErrorRules(
                new ErrorSelector<>(reader.overrides()), retried, new ErrorSelector<>(reader.rules(general)));
    }

    /** Given overrides are added to inherited ones, and precede them. */
    private Map<String, VerdictOverride> overrides() {
        Map<String, VerdictOverride> overrides = new LinkedHashMap<>(overrides(settings::inherited));
        overrides.putAll(overrides(settings::given));
        return overrides;
    }

    private static Map<String, VerdictOverride> overrides(Function<String, Optional<String>> layer) {
        Map<String, VerdictOverride> overrides = new LinkedHashMap<>();
        for (String error : errors(PolicyKeys.RETRY_ON, layer)) {
            overrides.put(error, VerdictOverride.RETRY);
        }
        for (String error : errors(PolicyKeys.STOP_ON, layer)) {
            if (overrides.put(error, VerdictOverride.STOP) == VerdictOverride.RETRY) {
                throw InvalidPolicyException.of(
                        PolicyKeys.STOP_ON, error, "is named by retry-on too; leave one of them out");
            }
        }
        return overrides;
    }

    private static List<String> errors(String key, Function<String, Optional<String>> layer) {
        Optional<String> errors = layer.apply(key);
        return errors.isEmpty()
                ? List.of()
                : Stream.of(errors.get().split(",", -1))
                        .map(error ->
                                InvalidPolicyException.ofWhole(key, errors.get(), () -> check(key, error.strip())))
                        .toList();
    }

    private static String check(String key, String error) {
        return key.equals(PolicyKeys.RETRY_ON)
                ? SelectorSyntax.checkRetried(key, error)
                : SelectorSyntax.check(key, error);
    }

    /** Reads the rules, whose backoffs have the differences to the general one. */
    private Map<String, Rule> rules(BackoffSettings general) {
        Map<String, String> inherited = new LinkedHashMap<>(Presets.DEFAULTS);
        inherited.remove(PolicyKeys.MAX_ATTEMPTS);
        general.write("", inherited);
        Map<String, Rule> rules = new LinkedHashMap<>();
        settings.rules(inherited).forEach((error, rule) -> rules.put(error, rule(error, rule)));
        return rules;
    }

    private Rule rule(String error, Settings rule) {
        String prefix = PolicyKeys.RULE + error + ".";
        boolean ownBackoff = PolicyKeys.BACKOFF_KEYS.stream().anyMatch(key -> settings.hasRuleKey(error, key));
        if (!ownBackoff) {
            return new Rule(LimitsReader.attempts(prefix, rule), Optional.empty());
        }
        BackoffSettings backoff = BackoffReader.read(prefix, rule);
        Optional<Long> total = LimitsReader.givenTotalTimeout(settings);
        if (total.isPresent() && backoff.base() >= total.get()) {
            backoff = LimitsReader.within(total.get(), prefix, backoff, rule);
        }
        return new Rule(LimitsReader.attempts(prefix, rule), Optional.of(new BackoffFormula(backoff)));
    }
}
