module consumer {
    requires dev.respite.idempotency.redis;
    requires org.slf4j;
}
