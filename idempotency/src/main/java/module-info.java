/** Runs a thing once, however often it is asked for. */
module dev.respite.idempotency {
    requires transitive dev.respite;
    requires com.github.benmanes.caffeine;
    requires static jdk.httpserver;
    requires static org.jspecify;

    exports dev.respite.idempotency;
    exports dev.respite.idempotency.http;
}
