package dev.respite.spring.boot;

import dev.respite.text.Spelling;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/** Names the properties below {@code respite} that do not exist, where they were read, and the nearest that do. */
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException>
        implements Ordered {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(RespiteProperties.PREFIX);

    /** Before Spring Boot's own, which knows no nearest name. */
    @Override
    public int getOrder() {
        return -1;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        Set<ConfigurationProperty> unknown = cause.getUnboundProperties();
        if (!unknown.stream().allMatch(property -> PREFIX.isAncestorOf(property.getName()))) {
            return null;
        }
        return new FailureAnalysis(
                unknown.stream().map(UnknownPropertyFailureAnalyzer::line).collect(Collectors.joining("\n")),
                "Correct or remove the property.",
                cause);
    }

    private static String line(ConfigurationProperty property) {
        ConfigurationPropertyName name = property.getName();
        String origin = property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        return "Unknown property '" + name + "'" + origin + hint(name);
    }

    private static String hint(ConfigurationPropertyName name) {
        if (PropertyNames.hasDividedError(name)) {
            return ": the name of an error with punctuation stands in brackets and quotes, as in"
                    + " errors.\"[java.net.ConnectException]\"";
        }
        return PropertyNames.firstUnknown(name)
                .map(unknown -> Spelling.suggestion(unknown.element(), unknown.known()))
                .orElse("");
    }
}
