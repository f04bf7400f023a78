/**
 * Resilience4j's circuit breaker, inside a retry or around it.
 *
 * @since 0.1
 */
module dev.respite.resilience4j {
    requires transitive dev.respite;
    requires transitive io.github.resilience4j.circuitbreaker;
    requires io.github.resilience4j.core;
    requires static org.jspecify;

    exports dev.respite.resilience4j;
}
