module consumer {
    requires dev.respite.idempotency.jdbc;
    requires com.h2database;
    requires java.naming; // a supertype of H2's data source is there
}
