/** Idempotency keys in HTTP: a filter for Jakarta servlets. */
module dev.respite.idempotency.servlet {
    requires transitive dev.respite.idempotency;
    requires transitive jakarta.servlet;
    requires static org.jspecify;

    exports dev.respite.idempotency.servlet;
}
