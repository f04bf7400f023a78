module consumer {
    requires dev.respite.idempotency.test;
}
