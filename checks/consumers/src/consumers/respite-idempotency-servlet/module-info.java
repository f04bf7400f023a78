module consumer {
    requires dev.respite.idempotency.servlet;
}
