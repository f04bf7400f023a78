package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencySettings;

/** Makes the idempotency of a method with settings of its own. Absent if the application has an idempotency of its own. */
@FunctionalInterface
interface IdempotencyFactory {

    /** Returns an idempotency that shares store and counts with all others of this factory. */
    Idempotency<?> create(IdempotencySettings settings);
}
