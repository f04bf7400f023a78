package dev.respite.idempotency.jdbc;

class PostgresqlStoreTest implements JdbcStoreContract {

    @Override
    public Database database() {
        return Database.POSTGRESQL;
    }
}
