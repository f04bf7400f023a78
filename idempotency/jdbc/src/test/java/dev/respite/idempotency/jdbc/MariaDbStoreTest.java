package dev.respite.idempotency.jdbc;

@OnMariaDb
class MariaDbStoreTest implements JdbcStoreContract {

    @Override
    public TestDatabase database() {
        return TestDatabase.MARIADB;
    }
}
