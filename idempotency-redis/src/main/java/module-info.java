/** The records of what was done, in Redis: for effects that are elsewhere. */
module dev.respite.idempotency.redis {
    requires transitive dev.respite.idempotency;
    requires transitive lettuce.core;
    requires static org.jspecify;

    exports dev.respite.idempotency.redis;
}
