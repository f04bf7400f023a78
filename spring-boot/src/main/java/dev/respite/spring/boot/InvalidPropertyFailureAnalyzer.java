package dev.respite.spring.boot;

import dev.respite.spring.boot.setup.InvalidPropertyException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Says which property is wrong, where it was read, and how to correct it. */
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPropertyException> {

    private final Environment environment;

    InvalidPropertyFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertyException cause) {
        String origin = origin(cause.property());
        return new FailureAnalysis(
                cause.property() + origin + " is not valid: " + cause.getMessage(), action(cause.property()), cause);
    }

    private static String action(String property) {
        String page =
                property.startsWith(RespiteProperties.PREFIX + ".durable") ? "spring-boot-durable.md" : "policies.md";
        return "Correct the property; docs/" + page + " of Respite has the keys and their values.";
    }

    /** Where the property was read; empty if it is not known, or there are several. */
    private String origin(String property) {
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(property, '.');
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            var found = source.getConfigurationProperty(name);
            @Nullable Object origin = found == null ? null : found.getOrigin();
            if (origin != null) {
                return " (" + origin + ")";
            }
        }
        return "";
    }
}
