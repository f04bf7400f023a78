package dev.respite.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** The steps of an attempt, on H2. */
class TransactionRetryTest {

    private final List<StopReason> ends = new ArrayList<>();
    private final List<Integer> openInDelay = new ArrayList<>();
    private ScriptedDataSource dataSource;
    private JdbcTemplate outside;
    private TransactionRetry transactions;
    private int runs;

    @BeforeEach
    void setUp() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:" + System.nanoTime() + ";DB_CLOSE_DELAY=-1");
        outside = new JdbcTemplate(h2);
        outside.execute("CREATE TABLE sale (number integer)");
        dataSource = new ScriptedDataSource(h2);
        transactions = TransactionRetry.of(retry(), dataSource);
    }

    private Retry retry() {
        return Retry.withoutWarnings(RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off"), TimeSource.system())
                .withName("shop")
                .withListener(event -> {
                    if (event instanceof RetryEvent.CallEnded ended) {
                        ends.add(ended.reason());
                    }
                });
    }

    private void insert(Connection connection) throws SQLException {
        runs++;
        try (var sql = connection.createStatement()) {
            sql.executeUpdate("INSERT INTO sale VALUES (" + runs + ")");
        }
    }

    private List<Integer> rows() {
        return outside.queryForList("SELECT number FROM sale ORDER BY number", Integer.class);
    }

    /** Fails the first calls of a method. */
    private static Function<String, Throwable> first(int times, String method, Throwable failure) {
        int[] left = {times};
        return called -> called.equals(method) && left[0]-- > 0 ? failure : null;
    }

    @Test
    void transaction_thatSucceeds_restoresAutoCommitAndCloses() throws SQLException {
        int result = transactions.call(connection -> {
            insert(connection);
            assertThat(connection.getAutoCommit()).isFalse();
            return 7;
        });
        assertThat(result).isEqualTo(7);
        assertThat(dataSource.calls).containsExactly("autoCommit false", "commit", "autoCommit true", "close");
        assertThat(rows()).containsExactly(1);
    }

    @Test
    void transaction_thatFailsTwice_isRunThreeTimesAndLeavesOneRow() throws SQLException {
        transactions.run(connection -> {
            insert(connection);
            if (runs < 3) {
                throw new SQLException("deadlock detected", "40P01");
            }
        });
        assertThat(rows()).containsExactly(3);
        assertThat(dataSource.calls.subList(0, 4))
                .containsExactly("autoCommit false", "rollback", "autoCommit true", "close");
        assertThat(dataSource.open).isZero();
    }

    @Test
    void delay_beginsAfterTheConnectionIsClosed() throws SQLException {
        Retry watching = retry().withListener(event -> {
            if (event instanceof RetryEvent.AttemptFailed) {
                openInDelay.add(dataSource.open);
            }
        });
        TransactionRetry.of(watching, dataSource).run(connection -> {
            insert(connection);
            if (runs < 3) {
                throw new SQLException("serialization failure", "40001");
            }
        });
        assertThat(openInDelay).containsExactly(0, 0);
    }

    @Test
    void connection_withoutAutoCommit_keepsThat() throws SQLException {
        HikariDataSource pool = new HikariDataSource();
        pool.setDataSource(dataSource);
        pool.setAutoCommit(false);
        pool.setMaximumPoolSize(1);
        try (pool) {
            TransactionRetry.of(retry(), pool).run(this::insert);
            dataSource.calls.clear();
            TransactionRetry.of(retry(), pool).run(this::insert);
            assertThat(dataSource.calls).containsExactly("commit");
        }
        assertThat(rows()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource({
        "08006, NOT_IDEMPOTENT",
        "57P01, NOT_IDEMPOTENT",
        "40003, NOT_IDEMPOTENT",
        "08007, NOT_IDEMPOTENT",
        "'', FATAL"
    })
    void commit_withoutAKnownOutcome_isNotRepeated(String state, StopReason reason) {
        SQLException failure = new SQLException("lost", state);
        dataSource.after = first(1, "commit", failure);
        Throwable thrown = catchThrowable(() -> transactions.run(this::insert));
        assertThat(thrown).isSameAs(failure).hasNoSuppressedExceptions().hasNoCause();
        assertThat(rows()).containsExactly(1);
        assertThat(runs).isEqualTo(1);
        assertThat(ends).containsExactly(reason);
        assertThat(dataSource.open).isZero();
    }

    /** No SQLState proves a rollback here. */
    @Test
    void commit_thatTakesEffectAndThrowsAnUncheckedException_isNotRepeated() {
        Retry any = Retry.withoutWarnings(
                        RetryPolicy.parse(
                                "max-attempts=3 base-delay=1ms budget=off retry-on=java.io.UncheckedIOException"),
                        TimeSource.system())
                .withListener(event -> {
                    if (event instanceof RetryEvent.CallEnded ended) {
                        ends.add(ended.reason());
                    }
                });
        Throwable failure = new UncheckedIOException(new SocketException("reset"));
        dataSource.after = first(1, "commit", failure);
        assertThatThrownBy(() -> TransactionRetry.of(any, dataSource).run(this::insert))
                .isSameAs(failure);
        assertThat(rows()).containsExactly(1);
        assertThat(ends).containsExactly(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void commit_whoseFailuresDisagree_isNotRepeated() {
        SQLException lost = new SQLException("lost", "08006", new SQLException("deadlock", "40001"));
        dataSource.after = first(1, "commit", lost);
        assertThatThrownBy(() -> transactions.run(this::insert)).isSameAs(lost);
        assertThat(rows()).containsExactly(1);
        assertThat(ends).containsExactly(StopReason.NOT_IDEMPOTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "08007", "40003"})
    void commit_withoutAKnownOutcome_ofIdempotentWork_isRepeated(String state) throws SQLException {
        dataSource.after = first(1, "commit", new SQLException("lost", state));
        transactions.withIdempotentWork().run(this::insert);
        assertThat(rows()).containsExactly(1, 2);
    }

    @Test
    void commit_thatTheDatabaseRejects_isRepeated() throws SQLException {
        dataSource.before = first(2, "commit", new SQLException("could not serialize", "40001"));
        assertThatCode(() -> transactions.run(this::insert)).doesNotThrowAnyException();
        assertThat(rows()).containsExactly(3);
        assertThat(ends).containsExactly(StopReason.ACCEPTED);
    }

    @Test
    void commit_thatViolatesADeferredConstraint_isFatalAndNotCalledUnknown() {
        dataSource.before = first(1, "commit", new SQLException("duplicate", "23505"));
        assertThatThrownBy(() -> transactions.run(this::insert)).hasMessage("duplicate");
        assertThat(ends).containsExactly(StopReason.FATAL);
        assertThat(rows()).isEmpty();
    }

    @Test
    void rollback_thatFails_abortsTheConnectionAndDoesNotSwitchAutoCommitOn() {
        SQLException failure = new SQLNonTransientException("syntax", "42000");
        dataSource.before = first(1, "rollback", new SQLException("broken", "08003"));
        Throwable thrown = catchThrowable(() -> transactions.run(connection -> {
            insert(connection);
            throw failure;
        }));
        assertThat(thrown).isSameAs(failure).hasNoSuppressedExceptions();
        assertThat(dataSource.calls).containsExactly("autoCommit false", "rollback", "abort", "close");
    }

    @Test
    void close_thatFails_changesNothing() throws SQLException {
        dataSource.after = first(1, "close", new SQLException("broken", "08003"));
        transactions.run(this::insert);
        assertThat(rows()).containsExactly(1);
        assertThat(runs).isEqualTo(1);
    }

    @Test
    void getConnection_thatFails_isRetried() throws SQLException {
        dataSource.before = first(2, "getConnection", new SQLException("refused", "08001"));
        transactions.run(this::insert);
        assertThat(rows()).containsExactly(1);
    }

    @Test
    void work_thatThrowsAnythingElse_isRolledBackAndPasses() {
        IOException checked = new IOException("file");
        assertThatThrownBy(() -> transactions.run(connection -> {
                    insert(connection);
                    throw checked;
                }))
                .isSameAs(checked);
        Error error = new AssertionError();
        assertThatThrownBy(() -> transactions.run(connection -> {
                    insert(connection);
                    throw error;
                }))
                .isSameAs(error);
        assertThat(rows()).isEmpty();
        assertThat(dataSource.open).isZero();
    }

    @Test
    void delays_areThoseOfTheRetrysTime() throws SQLException {
        VirtualTime time = new VirtualTime(1);
        Retry slow = Retry.withoutWarnings(
                RetryPolicy.parse("base-delay=10s jitter=none total-timeout=off budget=off"), time);
        TransactionRetry.of(slow, dataSource).run(connection -> {
            if (++runs < 3) {
                throw new SQLException("deadlock", "40P01");
            }
        });
        assertThat(time.nanoTime()).isEqualTo(30_000_000_000L);
    }
}
