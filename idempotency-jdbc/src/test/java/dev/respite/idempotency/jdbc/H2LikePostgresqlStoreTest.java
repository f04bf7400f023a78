package dev.respite.idempotency.jdbc;

class H2LikePostgresqlStoreTest implements JdbcStoreContract {

    @Override
    public Database database() {
        return Database.H2_LIKE_POSTGRESQL;
    }
}
