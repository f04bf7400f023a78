package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The report of properties that do not exist. */
class UnknownPropertyFailureAnalyzerTest {

    private static final String BRACKETS = "stands in brackets and quotes";

    /** Properties of an application. */
    record Shop(@Nullable String name) {}

    private static Optional<FailureAnalysis> analysis(String prefix, Class<?> type, String... names) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        for (String name : names) {
            source.put(name, "4");
        }
        Bindable<?> properties = Bindable.of(type);
        BindException failure = catchThrowableOfType(
                BindException.class,
                () -> new Binder(source)
                        .bind(prefix, properties, new NoUnboundElementsBindHandler(BindHandler.DEFAULT)));
        return Optional.ofNullable(new UnknownPropertyFailureAnalyzer().analyze(failure));
    }

    /** Spring Boot's own analyzer reports it. */
    @Test
    void analyze_propertyOfTheApplication_isLeftToSpringBoot() {
        assertThat(analysis("shop", Shop.class, "shop.name", "shop.nam")).isEmpty();
    }

    @Test
    void analyze_severalProperties_namesEach() {
        FailureAnalysis analysis = analysis(
                        "respite",
                        RespiteProperties.class,
                        "respite.policies.payments.max-atempts",
                        "respite.policies.payments.base-dely")
                .orElseThrow();
        assertThat(analysis.getDescription().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("Unknown property 'respite.policies.payments.max-atempts' (")
                        && line.endsWith("; did you mean 'max-attempts'?"))
                .anyMatch(line -> line.startsWith("Unknown property 'respite.policies.payments.base-dely' (")
                        && line.endsWith("; did you mean 'base-delay'?"));
        assertThat(analysis.getAction()).isEqualTo("Correct or remove the property.");
    }

    @ParameterizedTest
    @CsvSource({
        "respite.defaults.errors.java.net.ConnectException.max-attempts, true",
        "respite.policies.payments.errors.java.net.ConnectException.max-attempts, true",
        "respite.defaults.errors.503.max-atempts, false",
        "respite.policies.payments.errors.503.max-atempts, false",
        "respite.policies.payments.on.java.net.ConnectException, false",
    })
    void analyze_errorWithDots_hasTheFormWithBrackets(String property, boolean isDivided) {
        FailureAnalysis analysis =
                analysis("respite", RespiteProperties.class, property).orElseThrow();
        assertThat(analysis.getDescription()).startsWith("Unknown property 'respite.");
        assertThat(analysis.getDescription().contains(BRACKETS)).isEqualTo(isDivided);
    }
}
