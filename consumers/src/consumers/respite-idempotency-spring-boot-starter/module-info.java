open module consumer {
    requires dev.respite.spring.boot;
    requires dev.respite.idempotency;
    requires dev.respite.idempotency.jdbc;
    requires dev.respite.idempotency.servlet;
    requires jakarta.servlet;
    requires spring.boot;
    requires spring.boot.autoconfigure;
    requires spring.beans;
    requires spring.context;
}
