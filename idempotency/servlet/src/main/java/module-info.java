/**
 * Idempotency keys in HTTP: a filter for Jakarta servlets.
 *
 * @since 0.1
 */
module dev.respite.idempotency.servlet {
    requires transitive dev.respite.idempotency;
    requires transitive jakarta.servlet;
    requires static org.jspecify;

    exports dev.respite.idempotency.servlet;
}
