package consumer;

import dev.respite.*;
import dev.respite.jdbc.TransactionRetry;
import java.sql.*;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcDataSource;

/** Prints: 2 transactions, 9 left */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/transactions.md
        JdbcDataSource shop = new JdbcDataSource();
        shop.setURL("jdbc:h2:mem:stock;DB_CLOSE_DELAY=-1");
        try (Connection connection = shop.getConnection(); Statement sql = connection.createStatement()) {
            sql.execute("CREATE TABLE stock (item varchar(20) PRIMARY KEY, number integer)");
            sql.execute("INSERT INTO stock VALUES ('tea', 10)");
        }

        TransactionRetry transactions = TransactionRetry.of(Retry.withDefaults(), shop);
        AtomicInteger attempts = new AtomicInteger();
        int left = transactions.call(connection -> {
            try (Statement sql = connection.createStatement()) {
                sql.executeUpdate("UPDATE stock SET number = number - 1 WHERE item = 'tea'");
                if (attempts.incrementAndGet() == 1) throw new SQLException("deadlock detected", "40P01");
                ResultSet row = sql.executeQuery("SELECT number FROM stock WHERE item = 'tea'");
                row.next();
                return row.getInt(1);
            }
        });
        System.out.println(attempts + " transactions, " + left + " left");
        // end
    }
}
