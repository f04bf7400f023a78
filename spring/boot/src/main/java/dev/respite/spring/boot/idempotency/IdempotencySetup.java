package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.IdempotencySettings;
import dev.respite.spring.boot.setup.SetupException;

/**
 * The properties, read and checked. The record of the properties itself must load without the modules of idempotency: all
 * applications with Respite have it.
 *
 * @param properties the properties
 * @param settings the settings of all methods without a retention of their own
 */
record IdempotencySetup(IdempotencyProperties properties, IdempotencySettings settings) {

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
}
