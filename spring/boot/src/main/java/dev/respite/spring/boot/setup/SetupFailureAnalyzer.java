package dev.respite.spring.boot.setup;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Reports why a feature of Respite cannot work, with the property, its place and the remedy, and without a stack trace. */
final class SetupFailureAnalyzer extends AbstractFailureAnalyzer<SetupException> {

    private final Environment environment;

    SetupFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SetupException cause) {
        @Nullable String property = cause.property();
        String begin = property == null ? "" : property + origin(property) + " is not valid: ";
        return new FailureAnalysis(begin + cause.getMessage(), cause.action(), cause);
    }

    /** Returns where a property was read; empty if it is not known, or there are several. */
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
