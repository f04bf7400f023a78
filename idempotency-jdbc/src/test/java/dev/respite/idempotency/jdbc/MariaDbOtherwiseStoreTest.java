package dev.respite.idempotency.jdbc;

@OnMariaDb
class MariaDbOtherwiseStoreTest implements JdbcStoreContract {

    @Override
    public Database database() {
        return Database.MARIADB_OTHERWISE;
    }
}
