package dev.respite.idempotency.jdbc;

class H2MemoryStoreTest implements JdbcStoreContract {

    @Override
    public Database database() {
        return Database.H2_MEMORY;
    }
}
