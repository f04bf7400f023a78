/** The records of what was done, in Redis: for effects that are elsewhere. */
module dev.respite.idempotency.redis {
    requires transitive dev.respite.idempotency;
    requires transitive lettuce.core;
    // Lettuce has no module descriptor that names what it needs, and Netty's modules are resolved only if one does.
    requires io.netty.handler;
    requires io.netty.resolver.dns;
    requires static org.jspecify;

    exports dev.respite.idempotency.redis;
}
