module consumer {
    requires dev.respite.jdbc;
    requires com.h2database;
    requires java.naming;
}
