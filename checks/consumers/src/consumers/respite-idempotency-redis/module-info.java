module consumer {
    requires dev.respite.idempotency.redis;
}
