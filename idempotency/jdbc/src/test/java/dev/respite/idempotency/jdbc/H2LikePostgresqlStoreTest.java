package dev.respite.idempotency.jdbc;

class H2LikePostgresqlStoreTest implements JdbcStoreContract {

    @Override
    public TestDatabase database() {
        return TestDatabase.H2_LIKE_POSTGRESQL;
    }
}
