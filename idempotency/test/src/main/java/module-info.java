/**
 * Contract tests for implementations of Respite's interfaces.
 *
 * @since 0.1
 */
module dev.respite.idempotency.test {
    requires transitive dev.respite.idempotency;
    requires transitive org.junit.jupiter.api;
    requires org.junit.jupiter.params;
    requires org.assertj.core;
    requires static org.jspecify;

    exports dev.respite.idempotency.test;

    opens dev.respite.idempotency.test; // the tests are methods of package-private interfaces
}
