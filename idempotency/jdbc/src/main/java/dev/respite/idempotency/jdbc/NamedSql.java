package dev.respite.idempotency.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A statement with named parameters, {@code :name}: its text with a question mark for each parameter, and their names in order. */
record NamedSql(String text, List<String> names) {

    private static final Pattern NAME = Pattern.compile(":([a-z_]+)");

    static NamedSql of(String sql) {
        List<String> names = new ArrayList<>();
        Matcher name = NAME.matcher(sql);
        while (name.find()) {
            names.add(name.group(1));
        }
        return new NamedSql(name.replaceAll("?"), List.copyOf(names));
    }

    /** Returns the statement with the names of the tables. */
    NamedSql in(Tables tables) {
        return new NamedSql(tables.named(text), names);
    }

    PreparedStatement prepare(Connection connection, Bindings bindings) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text);
        try {
            for (int i = 0; i < names.size(); i++) {
                bindings.bind(names.get(i), statement, i + 1);
            }
            return statement;
        } catch (Throwable failure) {
            statement.close();
            throw failure;
        }
    }
}
