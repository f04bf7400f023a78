package dev.respite.idempotency.jdbc;

@OnMariaDb
class MariaDbOtherwiseStoreTest implements JdbcStoreContract {

    @Override
    public TestDatabase database() {
        return TestDatabase.MARIADB_OTHERWISE;
    }
}
