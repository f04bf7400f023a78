/**
 * Records in Redis, for effects in other systems.
 *
 * @since 0.1
 */
module dev.respite.idempotency.redis {
    requires transitive dev.respite.idempotency;
    requires transitive lettuce.core;
    // Lettuce is an automatic module, so the modules that it needs must be required here.
    requires io.netty.handler;
    requires io.netty.resolver.dns;
    requires org.slf4j;
    requires static org.jspecify;

    exports dev.respite.idempotency.redis;
}
