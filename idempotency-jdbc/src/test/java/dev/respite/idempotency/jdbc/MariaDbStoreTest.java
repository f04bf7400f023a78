package dev.respite.idempotency.jdbc;

@OnMariaDb
class MariaDbStoreTest implements JdbcStoreContract {

    @Override
    public Database database() {
        return Database.MARIADB;
    }
}
