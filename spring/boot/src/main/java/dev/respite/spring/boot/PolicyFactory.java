package dev.respite.spring.boot;

import dev.respite.policy.RetryPolicy;
import dev.respite.policy.RetryPolicyBuilder;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.text.ValueFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes policies of properties. */
final class PolicyFactory {

    /** The beginning of a message about a policy: its key. */
    private static final Pattern KEY = Pattern.compile("(?:on\\.(.+)\\.)?([a-z][a-z-]*)=.*", Pattern.DOTALL);

    private PolicyFactory() {}

    /**
     * Returns the policies by their names.
     *
     * @throws SetupException if a value is wrong, or values contradict each other
     */
    static Map<String, RetryPolicy> of(RespiteProperties properties) {
        RetryPolicy defaults =
                build(RespiteProperties.PREFIX + ".defaults", RetryPolicy.builder(), properties.defaults());
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        Map<String, String> plainNames = new LinkedHashMap<>();
        properties.policies().forEach((name, given) -> {
            String property = property(name);
            String same = plainNames.putIfAbsent(plain(name), name);
            if (same != null) {
                throw SetupException.ofProperty(
                        property,
                        "the policies '" + ValueFormat.shortened(same) + "' and '" + ValueFormat.shortened(name)
                                + "' have the same name but for punctuation and case;"
                                + " environment variables cannot have either: give both the same name");
            }
            policies.put(name, build(property, defaults.toBuilder(), given));
        });
        return policies;
    }

    private static String property(String policy) {
        return RespiteProperties.PREFIX + ".policies." + policy;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    private static RetryPolicy build(String property, RetryPolicyBuilder builder, PolicyProperties given) {
        try {
            return builder.settings(given.settings()).build();
        } catch (IllegalArgumentException invalid) {
            throw SetupException.ofProperty(property + key(Objects.toString(invalid.getMessage(), "")), invalid);
        }
    }

    /** The end of the name of the property that a message of a policy is about; empty if it is about several. */
    private static String key(String message) {
        Matcher begin = KEY.matcher(message);
        if (!begin.matches()) {
            return "";
        }
        String error = begin.group(1);
        return (error == null ? "" : ".errors[" + error + "]") + "." + begin.group(2);
    }
}
