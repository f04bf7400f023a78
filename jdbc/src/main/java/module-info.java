/** Transactions of JDBC that are run again as a whole. */
module dev.respite.jdbc {
    requires transitive dev.respite;
    requires transitive java.sql;
    requires static org.jspecify;

    exports dev.respite.jdbc;
}
