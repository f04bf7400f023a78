package dev.respite.torture.cluster;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Runs statements with parameters. */
public final class Sql {

    private Sql() {}

    /** Reads one row. */
    @FunctionalInterface
    public interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    /** Runs a statement, and returns the number of changed rows. */
    public static int update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    /** Reads the rows of a query, and returns their number. */
    public static int read(Connection connection, String sql, RowReader reader, Object... values) throws SQLException {
        int rows = 0;
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                reader.read(row);
                rows++;
            }
        }
        return rows;
    }

    /** Returns the number in the first row of a query. */
    public static long number(Connection connection, String sql, Object... values) throws SQLException {
        long[] number = new long[1];
        int rows = read(connection, sql, row -> number[0] = row.getLong(1), values);
        if (rows == 0) {
            throw new SQLException("no row: " + sql);
        }
        return number[0];
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
