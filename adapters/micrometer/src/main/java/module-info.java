/**
 * Micrometer's meters of retries, idempotency keys and durable calls.
 *
 * @since 0.1
 */
module dev.respite.micrometer {
    requires transitive dev.respite;
    requires transitive micrometer.core;
    requires static dev.respite.durable;
    requires static dev.respite.idempotency;
    requires static org.jspecify;

    exports dev.respite.micrometer;
}
