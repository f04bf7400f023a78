package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The plan of a purge on PostgreSQL, which has the statistics of a table that was nearly empty when it was cleaned. */
class PurgePlanTest {

    private static final Pattern ROWS = Pattern.compile("actual .*rows=([0-9]+)[.0-9]* loops=([0-9]+)");
    private static final Pattern REMOVED = Pattern.compile("Rows Removed by Filter: ([0-9]+)");

    private static final Tables TABLES = new Tables("plan.records", "plan.purge", "plan.fences");

    private static void addExpired(Statement sql) throws SQLException {
        sql.execute("INSERT INTO plan.records SELECT 'key ' || n, 'scope', 'DONE', n, 'owner', 'fingerprint', 1, now(),"
                + " now() - n * INTERVAL '1 second', NULL, 'paid' FROM generate_series(1, 50000) AS n");
    }

    @Test
    void purge_withStatisticsOfAnEmptierTable_readsOnlyTheRowsOfItsBatch() throws SQLException {
        try (Connection connection = TestDatabase.POSTGRESQL.dataSource().getConnection();
                Statement sql = connection.createStatement()) {
            sql.execute("CREATE SCHEMA plan");
            sql.execute(
                    "CREATE TABLE plan.records (LIKE respite_idempotency INCLUDING ALL) WITH (autovacuum_enabled = false)");
            addExpired(sql);
            // The last row keeps the pages of the table from being given back.
            sql.execute("DELETE FROM plan.records WHERE ctid <> (SELECT max(ctid) FROM plan.records)");
            sql.execute("VACUUM plan.records");
            sql.execute("DELETE FROM plan.records");
            addExpired(sql);

            NamedSql take = new PostgreSql().statements().purge().in(TABLES).take();
            NamedSql explained = new NamedSql("EXPLAIN (ANALYZE, COSTS OFF) " + take.text(), take.names());
            Bindings bindings = new Bindings().number("at_most", 1000).from(Purge.BEGINNING);
            try (PreparedStatement statement = explained.prepare(connection, bindings);
                    ResultSet plan = statement.executeQuery()) {
                long read = 0;
                while (plan.next()) {
                    read += rows(plan.getString(1));
                }
                assertThat(read).isBetween(1_000L, 10_000L);
            } finally {
                sql.execute("DROP SCHEMA plan CASCADE");
            }
        }
    }

    /** The rows of a step of a plan. */
    private static long rows(String step) {
        Matcher returned = ROWS.matcher(step);
        if (returned.find()) {
            return Long.parseLong(returned.group(1)) * Long.parseLong(returned.group(2));
        }
        Matcher removed = REMOVED.matcher(step);
        return removed.find() ? Long.parseLong(removed.group(1)) : 0;
    }
}
