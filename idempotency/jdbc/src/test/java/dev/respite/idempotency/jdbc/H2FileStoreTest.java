package dev.respite.idempotency.jdbc;

class H2FileStoreTest implements JdbcStoreContract {

    @Override
    public TestDatabase database() {
        return TestDatabase.H2_FILE;
    }
}
