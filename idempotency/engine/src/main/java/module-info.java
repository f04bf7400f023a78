/**
 * Runs work once for each idempotency key.
 *
 * @since 0.1
 */
@SuppressWarnings("module") // the module that a package is exported to is compiled later
module dev.respite.idempotency {
    requires transitive dev.respite;
    requires com.github.benmanes.caffeine;
    requires static jdk.httpserver;
    requires static org.jspecify;

    exports dev.respite.idempotency;
    exports dev.respite.idempotency.body to
            dev.respite.idempotency.servlet;
    exports dev.respite.idempotency.http;
    exports dev.respite.idempotency.store;
}
