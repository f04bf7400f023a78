package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.sqlserver.jdbc.SQLServerException;
import dev.respite.outcome.ErrorKind;
import java.lang.reflect.Constructor;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Failures of locks, and of busy servers, as the drivers of SQLite, SQL Server, Oracle and DB2 throw them: the same raw, and after each
 * translation of Spring. The drivers of the last two are not open, so their exceptions are made of the states and codes.
 */
class DatabaseDriversTest {

    @TempDir
    private Path folder;

    /** The failure as it is, and as Spring's templates throw it. */
    private static Judged[] rawAndTranslated(String database, SQLException failure) {
        Throwable bySubclass = new SQLExceptionSubclassTranslator().translate("task", "sql", failure);
        Throwable byState = new SQLStateSQLExceptionTranslator().translate("task", "sql", failure);
        SQLErrorCodeSQLExceptionTranslator codes = new SQLErrorCodeSQLExceptionTranslator();
        codes.setDatabaseProductName(database);
        Throwable byCode = codes.translate("task", "sql", failure);
        return new Judged[] {
            new Judged(failure),
            new Judged(new UncategorizedSQLException("task", "sql", failure)),
            new Judged(bySubclass == null ? failure : bySubclass),
            new Judged(byState == null ? failure : byState),
            new Judged(byCode == null ? failure : byCode)
        };
    }

    private static void isTransient(String database, ErrorKind kind, SQLException failure) {
        for (Judged judged : rawAndTranslated(database, failure)) {
            judged.isTransient(kind).isSelectedBy("sqlcode:" + failure.getErrorCode());
        }
    }

    private static void isFatal(String database, SQLException failure) {
        for (Judged judged : rawAndTranslated(database, failure)) {
            judged.isFatal();
        }
    }

    private Connection sqlite(String parameters) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("accounts.db") + parameters);
    }

    @Test
    void sqlite_lockedByAnotherConnection_isSql() throws Exception {
        try (Connection writer = sqlite("");
                Connection other = sqlite("?busy_timeout=0");
                Statement write = writer.createStatement();
                Statement second = other.createStatement()) {
            write.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER)");
            write.execute("BEGIN IMMEDIATE");
            SQLException busy = (SQLException) Judged.of(() -> second.execute("INSERT INTO account VALUES (1, 100)"))
                    .isA(SQLiteException.class)
                    .failure();
            assertThat(busy.getSQLState()).isNull();
            assertThat(busy.getErrorCode()).isEqualTo(5);
            isTransient("SQLite", ErrorKind.SQL, busy);
            write.execute("ROLLBACK");
            second.execute("INSERT INTO account VALUES (1, 100)");
            isFatal("SQLite", (SQLException) Judged.of(() -> second.execute("INSERT INTO account VALUES (1, 100)"))
                    .failure());
        }
    }

    @Test
    void sqlite_snapshotThatIsTooOld_isSql() throws Exception {
        try (Connection reader = sqlite("?journal_mode=WAL&busy_timeout=0");
                Connection writer = sqlite("?journal_mode=WAL");
                Statement read = reader.createStatement();
                Statement write = writer.createStatement()) {
            write.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER)");
            read.execute("BEGIN");
            read.executeQuery("SELECT count(*) FROM account").close();
            write.execute("INSERT INTO account VALUES (1, 100)");
            SQLiteException old = (SQLiteException) Judged.of(() -> read.execute("INSERT INTO account VALUES (2, 100)"))
                    .failure();
            assertThat(old.getResultCode()).isEqualTo(SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT);
            isTransient("SQLite", ErrorKind.SQL, old);
        }
    }

    @Test
    void sqlite_codes_areTransientForLocksOnly() {
        for (SQLiteErrorCode code : SQLiteErrorCode.values()) {
            boolean lock = code.name().startsWith("SQLITE_BUSY") || code.name().startsWith("SQLITE_LOCKED");
            SQLException failure = new SQLiteException(code.message, code);
            if (lock) {
                isTransient("SQLite", ErrorKind.SQL, failure);
            } else {
                isFatal("SQLite", failure);
            }
        }
    }

    /** As the driver makes it of a response of the server; it has no public constructor for that. */
    private static SQLException sqlServer(String state, int code) throws Exception {
        Constructor<SQLServerException> constructor =
                SQLServerException.class.getDeclaredConstructor(String.class, String.class, int.class, Throwable.class);
        constructor.setAccessible(true);
        return constructor.newInstance("failed", state, code, null);
    }

    @ParameterizedTest
    @CsvSource({
        "40001, 1205, sql", // deadlock
        "42000, 1205, sql", // with xopenStates=true
        "S00051, 1222, sql", // lock timeout
        "S0002, 3960, sql", // conflict of snapshots
        "S0001, 40197, sql",
        "S0001, 40613, sql",
        "S0001, 4221, sql",
        "S0001, 40501, throttled",
        "S0001, 10928, throttled",
        "S0001, 10929, throttled",
        "S0001, 49918, throttled",
        "S0001, 49919, throttled",
        "S0001, 49920, throttled",
        "08S01, 0, sql" // connection reset
    })
    void sqlServer_lockOrBusy_isTransient(String state, int code, String kind) throws Exception {
        SQLException failure = sqlServer(state, code);
        for (Judged judged : rawAndTranslated("Microsoft SQL Server", failure)) {
            if (kind.equals("sql")) {
                judged.isTransient(ErrorKind.SQL);
            }
            judged.isSelectedBy(code == 0 ? "sqlstate:08" : "sqlcode:" + code);
        }
        new Judged(failure).isTransient(kind.equals("sql") ? ErrorKind.SQL : ErrorKind.THROTTLED);
    }

    @ParameterizedTest
    @CsvSource({"23000, 2627", "S0001, 18456", "S0001, 4060", "S0002, 208"})
    void sqlServer_others_areFatal(String state, int code) throws Exception {
        isFatal("Microsoft SQL Server", sqlServer(state, code));
    }

    @ParameterizedTest
    @CsvSource({
        "61000, 60",
        "61000, 54",
        "61000, 4021",
        "72000, 8177",
        "99999, 30006",
        "61000, 28",
        "72000, 1012",
        "72000, 1034",
        "66000, 3113"
    })
    void oracle_lockOrLostConnection_isSql(String state, int code) {
        isTransient("Oracle", ErrorKind.SQL, new SQLException("ORA-" + code, state, code));
    }

    @ParameterizedTest
    @CsvSource({"42000, 942", "72000, 1400", "61000, 2391", "23000, 1"})
    void oracle_others_areFatal(String state, int code) {
        isFatal("Oracle", new SQLException("ORA-" + code, state, code));
    }

    @ParameterizedTest
    @CsvSource({"40001, -911", "57033, -913", "40504, -1229", "08001, -30081"})
    void db2_lockOrLostConnection_isSql(String state, int code) {
        isTransient("DB2", ErrorKind.SQL, new SQLException("DB2 SQL Error", state, code));
    }

    @Test
    void db2_others_areFatal() {
        isFatal("DB2", new SQLException("DB2 SQL Error", "42704", -204));
        isFatal("DB2", new SQLException("DB2 SQL Error", "40506", -1476));
    }

    @ParameterizedTest
    @ValueSource(strings = {"40000", "40XL1"})
    void rollback_byItsState_isSqlRawAndTranslated(String state) {
        for (Judged judged : rawAndTranslated("other", new SQLException("rolled back", state))) {
            judged.isTransient(ErrorKind.SQL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"40002", "40004", "40003", "57014"})
    void rollbackThatFailsAgain_andCancelledStatement_areFatalRawAndTranslated(String state) {
        isFatal("PostgreSQL", new SQLException("cancelled", state));
    }
}
