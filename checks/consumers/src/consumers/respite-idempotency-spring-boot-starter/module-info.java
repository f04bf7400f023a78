open module consumer {
    requires dev.respite.spring.boot;
    requires dev.respite.idempotency.jdbc;
    requires spring.boot;
    requires spring.boot.autoconfigure;
    requires spring.context;
}
