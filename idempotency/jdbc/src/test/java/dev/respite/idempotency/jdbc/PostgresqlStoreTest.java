package dev.respite.idempotency.jdbc;

class PostgresqlStoreTest implements JdbcStoreContract {

    @Override
    public TestDatabase database() {
        return TestDatabase.POSTGRESQL;
    }
}
