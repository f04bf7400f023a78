package dev.respite.spring.boot;

import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;

/** Names the properties below {@code respite} that do not exist, where they were read, and the nearest that do. */
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<BindException> implements Ordered {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(RespiteProperties.PREFIX);

    /** Before Spring Boot's own analyzer, which has no nearest name. */
    @Override
    public int getOrder() {
        return -1;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, BindException failed) {
        if (!(failed.getCause() instanceof UnboundConfigurationPropertiesException unbound)) {
            return null;
        }
        Set<ConfigurationProperty> unknown = unbound.getUnboundProperties();
        if (!unknown.stream().allMatch(property -> PREFIX.isAncestorOf(property.getName()))) {
            return null;
        }
        return new FailureAnalysis(
                unknown.stream().map(property -> line(property, failed)).collect(Collectors.joining("\n")),
                "Correct or remove the property.",
                unbound);
    }

    private static String line(ConfigurationProperty property, BindException failed) {
        ConfigurationPropertyName name = property.getName();
        String origin = property.getOrigin() == null ? "" : " (" + property.getOrigin() + ")";
        return "Unknown property '" + ValueFormat.shortened(name.toString()) + "'" + origin + hint(name, failed);
    }

    private static String hint(ConfigurationPropertyName name, BindException failed) {
        if (hasDividedError(name)) {
            return ": the name of an error with punctuation stands in brackets and quotes, as in"
                    + " errors.\"[java.net.ConnectException]\"";
        }
        return PropertyRecords.firstUnknown(
                        name,
                        failed.getName().getNumberOfElements(),
                        failed.getTarget().getType())
                .map(unknown -> Spelling.suggestion(unknown.element(), unknown.known()))
                .orElse("");
    }

    /** Returns whether the name of an error in a property was divided at its dots. */
    private static boolean hasDividedError(ConfigurationPropertyName name) {
        int depth = name.getNumberOfElements();
        return (depth > 5 && isErrors(name, 2)) || (depth > 6 && isErrors(name, 3));
    }

    private static boolean isErrors(ConfigurationPropertyName name, int index) {
        return name.getElement(index, Form.UNIFORM).equals("errors");
    }
}
