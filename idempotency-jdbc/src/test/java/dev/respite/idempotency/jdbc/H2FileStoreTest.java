package dev.respite.idempotency.jdbc;

class H2FileStoreTest implements JdbcStoreContract {

    @Override
    public Database database() {
        return Database.H2_FILE;
    }
}
