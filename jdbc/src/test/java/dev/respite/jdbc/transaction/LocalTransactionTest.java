package dev.respite.jdbc.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.jdbc.ScriptedDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** A transaction on a driver of which every method may throw, on H2. */
class LocalTransactionTest {

    private final IOException callersFailure = new IOException("the failure of the caller");
    private final JdbcTemplate outside;
    private final ScriptedDataSource dataSource;
    private final List<String> failing = new ArrayList<>();

    LocalTransactionTest() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
        outside = new JdbcTemplate(h2);
        outside.execute("CREATE TABLE sale (number integer)");
        dataSource = new ScriptedDataSource(h2);
    }

    private List<Integer> rows() {
        return outside.queryForList("SELECT number FROM sale", Integer.class);
    }

    private static int insert(Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            return sql.executeUpdate("INSERT INTO sale VALUES (1)");
        }
    }

    private int insertAndFail(Connection connection) throws SQLException, IOException {
        insert(connection);
        throw callersFailure;
    }

    /** Lets the methods throw before they take effect; {@code setAutoCommit} only where it switches auto-commit on. */
    private void letFail(Throwable thrown, String... methods) {
        failing.addAll(List.of(methods));
        dataSource.before = method -> {
            boolean isBegin = method.equals("setAutoCommit") && dataSource.calls.size() == 1;
            return failing.contains(method) && !isBegin ? thrown : null;
        };
    }

    static Stream<Throwable> kinds() {
        return ScriptedDataSource.everyKind();
    }

    @Test
    void run_thatSucceeds_commitsAndRestoresAutoCommit() throws SQLException {
        int result = LocalTransaction.<Integer, RuntimeException>run(dataSource, LocalTransactionTest::insert);
        assertThat(result).isEqualTo(1);
        assertThat(dataSource.calls).containsExactly("autoCommit false", "commit", "autoCommit true", "close");
        assertThat(rows()).containsExactly(1);
    }

    @Test
    void run_thatFails_rollsBack() {
        assertThat(catchThrowable(() -> LocalTransaction.run(dataSource, this::insertAndFail)))
                .isSameAs(callersFailure);
        assertThat(dataSource.calls).containsExactly("autoCommit false", "rollback", "autoCommit true", "close");
        assertThat(rows()).isEmpty();
    }

    static Stream<Arguments> methodsThatEndAFailedTransaction() {
        return kinds().flatMap(thrown -> Stream.of(
                Arguments.of(thrown, List.of("rollback"), List.of("rollback", "abort", "close")),
                Arguments.of(thrown, List.of("rollback", "abort"), List.of("rollback", "abort", "close")),
                Arguments.of(thrown, List.of("rollback", "abort", "close"), List.of("rollback", "abort", "close")),
                Arguments.of(
                        thrown, List.of("setAutoCommit"), List.of("rollback", "autoCommit true", "abort", "close")),
                Arguments.of(thrown, List.of("close"), List.of("rollback", "autoCommit true", "close"))));
    }

    /** Auto-commit is not switched on while a transaction may be open: that would commit it. */
    @ParameterizedTest
    @MethodSource("methodsThatEndAFailedTransaction")
    void failedTransaction_onADriverThatThrows_keepsTheFailureAndTheConnectionIsNotUsedAgain(
            Throwable thrown, List<String> methods, List<String> steps) {
        letFail(thrown, methods.toArray(String[]::new));
        assertThat(catchThrowable(() -> LocalTransaction.run(dataSource, this::insertAndFail)))
                .isSameAs(callersFailure)
                .hasNoSuppressedExceptions();
        assertThat(dataSource.calls.subList(1, dataSource.calls.size())).isEqualTo(steps);
        assertThat(dataSource.open).isZero();
    }

    static Stream<Arguments> methodsAfterACommit() {
        return kinds().flatMap(thrown -> Stream.of(
                Arguments.of(thrown, List.of("setAutoCommit"), List.of("commit", "autoCommit true", "abort", "close")),
                Arguments.of(
                        thrown,
                        List.of("setAutoCommit", "abort", "close"),
                        List.of("commit", "autoCommit true", "abort", "close")),
                Arguments.of(thrown, List.of("close"), List.of("commit", "autoCommit true", "close"))));
    }

    @ParameterizedTest
    @MethodSource("methodsAfterACommit")
    void committedTransaction_onADriverThatThrowsAfterwards_isASuccess(
            Throwable thrown, List<String> methods, List<String> steps) throws SQLException {
        letFail(thrown, methods.toArray(String[]::new));
        int result = LocalTransaction.<Integer, RuntimeException>run(dataSource, LocalTransactionTest::insert);
        assertThat(result).isEqualTo(1);
        assertThat(rows()).containsExactly(1);
        assertThat(dataSource.calls.subList(1, dataSource.calls.size())).isEqualTo(steps);
        assertThat(dataSource.open).isZero();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void commit_thatThrows_isRolledBackAndReported(Throwable thrown) {
        letFail(thrown, "commit");
        assertThat(catchThrowable(() ->
                        LocalTransaction.<Integer, RuntimeException>run(dataSource, LocalTransactionTest::insert)))
                .isSameAs(thrown)
                .hasNoSuppressedExceptions();
        assertThat(dataSource.calls)
                .containsExactly("autoCommit false", "commit", "rollback", "autoCommit true", "close");
        assertThat(rows()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void rollback_thatThrows_isReportedAndAborts(Throwable thrown) throws SQLException {
        letFail(thrown, "rollback");
        try (LocalTransaction transaction = LocalTransaction.begin(dataSource)) {
            insert(transaction.connection());
            assertThatThrownBy(transaction::rollback).isSameAs(thrown);
        }
        assertThat(dataSource.calls).containsExactly("autoCommit false", "rollback", "rollback", "abort", "close");
        assertThat(rows()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void begin_thatThrows_closesTheConnection(Throwable thrown) {
        for (String method : List.of("getAutoCommit", "setAutoCommit")) {
            dataSource.calls.clear();
            dataSource.before = called -> called.equals(method) ? thrown : null;
            assertThat(catchThrowable(() -> LocalTransaction.begin(dataSource)))
                    .isSameAs(thrown)
                    .hasNoSuppressedExceptions();
            // Without auto-commit it may be a transaction of the caller.
            assertThat(dataSource.calls)
                    .containsExactlyElementsOf(
                            method.equals("getAutoCommit")
                                    ? List.of("close")
                                    : List.of("autoCommit false", "rollback", "autoCommit true", "abort", "close"));
            assertThat(dataSource.open).isZero();
        }
    }

    @Test
    void rollback_thatEndsInAnError_isReportedAndClosesTheConnection() {
        Error error = new AssertionError("the test is broken");
        letFail(error, "rollback");
        assertThat(catchThrowable(() -> LocalTransaction.run(dataSource, this::insertAndFail)))
                .isSameAs(callersFailure)
                .hasSuppressedException(error);
        assertThat(dataSource.calls).containsExactly("autoCommit false", "rollback", "abort", "close");
    }

    @Test
    void connection_thatCannotBeGot_isReported() {
        SQLException refused = new SQLException("refused", "08001");
        dataSource.before = method -> method.equals("getConnection") ? refused : null;
        assertThat(catchThrowable(() -> LocalTransaction.begin(dataSource))).isSameAs(refused);
    }

    @Test
    void autoCommit_thatWasOff_staysOff() throws SQLException {
        Connection connection = dataSource.getConnection();
        connection.setAutoCommit(false);
        try (LocalTransaction transaction = LocalTransaction.begin(connection)) {
            insert(transaction.connection());
            transaction.commit();
        }
        assertThat(dataSource.calls).containsExactly("autoCommit false", "commit", "close");
    }
}
