package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.IdempotencySettings;

/**
 * The properties, read and checked.
 *
 * @param properties the properties
 * @param settings the settings of all methods without a retention of their own
 */
record IdempotencySetup(IdempotencyProperties properties, IdempotencySettings settings) {

    static IdempotencySetup of(IdempotencyProperties properties) {
        return new IdempotencySetup(properties, properties.settings());
    }
}
