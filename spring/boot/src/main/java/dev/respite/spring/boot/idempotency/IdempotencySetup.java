package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.ParameterizedTypeReference;

/**
 * The properties, read and checked. The record of the properties itself must load without the modules of idempotency: all
 * applications with Respite have it.
 *
 * @param properties the properties
 * @param settings the settings of all methods without a retention of their own
 */
record IdempotencySetup(IdempotencyProperties properties, IdempotencySettings settings) {

    private static final String NO_IDEMPOTENCY =
            "there is no bean of the type Idempotency: add respite-idempotency-jdbc, a DataSource and a transaction manager"
                    + " for records in the database of the application, or define a bean of the type IdempotencyStore or"
                    + " Idempotency; a @WebMvcTest slice has a store with respite-spring-boot-test";

    private static final String OWN_IDEMPOTENCY =
            "the retention of a method needs an idempotency that is made by Respite, and the application has its own"
                    + " bean of the type Idempotency: set the retention of its engine, and remove it from the annotation";

    static IdempotencySetup of(IdempotencyProperties properties) {
        try {
            int unused = Math.toIntExact(properties.responseMemory().toBytes());
            return new IdempotencySetup(
                    properties,
                    new IdempotencySettings(
                            properties.lease(),
                            properties.retention(),
                            properties.maxClockSkew(),
                            properties.maxWait(),
                            Math.toIntExact(properties.maxStoredBody().toBytes()),
                            properties.headers()));
        } catch (IllegalArgumentException | ArithmeticException invalid) {
            throw SetupException.ofProperty(IdempotencyProperties.PREFIX, invalid);
        }
    }

    /**
     * Returns the idempotency of a method.
     *
     * @param retention the retention in its annotation; empty for the default
     * @throws IllegalArgumentException if the retention is not valid
     * @throws IllegalStateException if there is no idempotency
     */
    Idempotency<?> idempotency(String retention, ConfigurableBeanFactory beans) {
        ObjectProvider<Idempotency<?>> all = beans.getBeanProvider(new ParameterizedTypeReference<>() {});
        if (retention.isEmpty()) {
            return all.stream().findFirst().orElseThrow(() -> new IllegalStateException(NO_IDEMPOTENCY));
        }
        Duration kept = duration(Objects.requireNonNull(beans.resolveEmbeddedValue(retention)));
        IdempotencyFactory factory =
                beans.getBeanProvider(IdempotencyFactory.class).getIfAvailable();
        if (factory == null) {
            throw new IllegalStateException(all.stream().findAny().isEmpty() ? NO_IDEMPOTENCY : OWN_IDEMPOTENCY);
        }
        return factory.create(settings.withRetention(kept));
    }

    private static Duration duration(String text) {
        try {
            return DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException(
                    "the retention '" + ValueFormat.shortened(text)
                            + "' is not a duration: write a number and a unit, for example 48h or 7d",
                    invalid);
        }
    }
}
