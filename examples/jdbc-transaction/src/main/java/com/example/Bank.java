package com.example;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** Accounts and a ledger in H2. */
final class Bank {

    private final DataSource database;
    /** Lets both transfers hold their first lock before either one continues, so that they deadlock once. */
    private final CountDownLatch firstLocks = new CountDownLatch(2);

    private Bank(DataSource database) {
        this.database = database;
    }

    static Bank open() throws SQLException {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:bank;DB_CLOSE_DELAY=-1");
        try (Connection connection = h2.getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("CREATE TABLE account (owner varchar(20) PRIMARY KEY, balance integer)");
            sql.execute("CREATE TABLE ledger (entry varchar(40))");
            sql.execute("INSERT INTO account VALUES ('alice', 500), ('bob', 500)");
        }
        return new Bank(h2);
    }

    /** Moves money in one transaction. If anything fails, it rolls back and throws. */
    void transfer(String from, String to, int amount) throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try {
                update(connection, "INSERT INTO ledger VALUES (?)", from + " pays " + amount + " to " + to);
                update(connection, "UPDATE account SET balance = balance - ? WHERE owner = ?", amount, from);
                awaitFirstLocks();
                update(connection, "UPDATE account SET balance = balance + ? WHERE owner = ?", amount, to);
                connection.commit();
            } catch (SQLException failure) {
                connection.rollback();
                System.out.println("rolled back: SQLState " + failure.getSQLState());
                throw failure;
            }
        }
    }

    private void awaitFirstLocks() throws SQLException {
        firstLocks.countDown();
        try {
            firstLocks.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", interrupted);
        }
    }

    private static void update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }

    List<String> ledger() throws SQLException {
        return query("SELECT entry FROM ledger ORDER BY entry");
    }

    List<String> balances() throws SQLException {
        return query("SELECT owner || ' ' || balance FROM account ORDER BY owner");
    }

    private List<String> query(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }
}
