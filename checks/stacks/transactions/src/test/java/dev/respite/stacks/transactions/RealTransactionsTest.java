package dev.respite.stacks.transactions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.JdbcTemplate;

/** Failures that a real database causes, in each way to retry its transactions. */
@ParameterizedClass
@MethodSource("eachWayOnEachServer")
class RealTransactionsTest {

    private static final RetryPolicy POLICY = RetryPolicy.parse("max-attempts=4 base-delay=10ms budget=off");

    @Parameter(0)
    private TestServer server;

    @Parameter(1)
    private Way way;

    private final List<StopReason> ends = new CopyOnWriteArrayList<>();
    private final List<String> sqlStates = new CopyOnWriteArrayList<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private HikariDataSource pool;
    private Way.Transactions transactions;
    private JdbcTemplate outside;

    static Stream<Arguments> eachWayOnEachServer() {
        return TestServer.available().stream()
                .flatMap(server -> Stream.of(Way.values()).map(way -> Arguments.of(server, way)));
    }

    @BeforeEach
    void setUp() {
        outside = server.outside();
        outside.execute("DELETE FROM account");
        outside.execute("DELETE FROM attempt");
        outside.execute("INSERT INTO account VALUES (1, 100), (2, 100)");
        pool = server.pool();
        Retry retry = Retry.withoutWarnings(POLICY, TimeSource.system()).withListener(event -> {
            if (event instanceof RetryEvent.CallEnded ended) {
                ends.add(ended.reason());
            }
            if (event instanceof RetryEvent.AttemptFailed failed
                    && failed.outcome() instanceof Outcome.Failure<?> failure
                    && NestedExceptionUtils.getMostSpecificCause(failure.error()) instanceof SQLException sql) {
                sqlStates.add(sql.getSQLState());
            }
        });
        transactions = way.transactions(retry, pool);
    }

    @AfterEach
    void holdsNothing() {
        assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
        pool.close();
        threads.shutdownNow();
    }

    private List<String> rows() {
        return outside.queryForList("SELECT name FROM attempt ORDER BY name", String.class);
    }

    private int balance(int account) {
        return outside.queryForObject("SELECT balance FROM account WHERE id = ?", Integer.class, account);
    }

    private static void add(JdbcTemplate jdbc, int account, int amount) {
        jdbc.update("UPDATE account SET balance = balance + ? WHERE id = ?", amount, account);
    }

    /** Writes a row, which a failed attempt must not leave. */
    private int begin(JdbcTemplate jdbc, String name) {
        jdbc.update("INSERT INTO attempt VALUES (?)", name);
        return attempts.incrementAndGet();
    }

    /**
     * The victim runs again. It can take its first row before the transaction that waits for it wakes up, which is a second
     * deadlock.
     */
    @Test
    void deadlock_ofTwoTransactions_isRunAgainWithoutFailure() throws Exception {
        CyclicBarrier bothHaveOne = new CyclicBarrier(2);
        Future<?> there = threads.submit(() -> transfer("there", 1, 2, bothHaveOne));
        Future<?> back = threads.submit(() -> transfer("back", 2, 1, bothHaveOne));
        there.get(1, TimeUnit.MINUTES);
        back.get(1, TimeUnit.MINUTES);
        assertThat(sqlStates).isNotEmpty().allMatch(state -> state.startsWith("40"));
        assertThat(attempts).hasValue(2 + sqlStates.size());
        assertThat(rows()).containsExactly("back", "there");
        assertThat(balance(1)).isEqualTo(100);
        assertThat(balance(2)).isEqualTo(100);
        assertThat(ends).containsExactly(StopReason.ACCEPTED, StopReason.ACCEPTED);
    }

    private Void transfer(String name, int from, int to, CyclicBarrier bothHaveOne) throws SQLException {
        AtomicInteger own = new AtomicInteger();
        transactions.run(jdbc -> {
            begin(jdbc, name);
            add(jdbc, from, -10);
            if (own.incrementAndGet() == 1) {
                await(bothHaveOne);
            }
            add(jdbc, to, 10);
        });
        return null;
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(1, TimeUnit.MINUTES);
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void lockTimeout_isRetriedAndTheStatementsBeforeItAreRolledBack() throws Exception {
        try (Connection other = outside.getDataSource().getConnection();
                var sql = other.createStatement()) {
            other.setAutoCommit(false);
            sql.executeUpdate("UPDATE account SET balance = 500 WHERE id = 1");
            transactions.run(jdbc -> {
                jdbc.execute(server.shortLockTimeout);
                if (begin(jdbc, "waits") == 2) {
                    rollback(other);
                }
                add(jdbc, 1, 1);
            });
        }
        assertThat(attempts).hasValue(2);
        assertThat(rows()).containsExactly("waits");
        assertThat(balance(1)).isEqualTo(101);
    }

    private static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    private void killConnectionOf(JdbcTemplate jdbc) {
        server.kill(jdbc.queryForObject(server.connectionId, Long.class));
    }

    @Test
    void connection_thatIsKilledBeforeTheCommit_isReplacedAndTheTransactionRunAgain() throws Exception {
        assertThatCode(() -> transactions.run(jdbc -> {
                    int attempt = begin(jdbc, "killed");
                    if (attempt == 1) {
                        killConnectionOf(jdbc);
                    }
                    add(jdbc, 1, 1);
                }))
                .doesNotThrowAnyException();
        assertThat(attempts).hasValue(2);
        assertThat(rows()).containsExactly("killed");
        assertThat(balance(1)).isEqualTo(101);
    }

    @Test
    void connection_thatIsKilledAtTheCommit_isNotRunAgain() {
        assertThatThrownBy(() -> transactions.run(jdbc -> {
                    begin(jdbc, "unknown");
                    killConnectionOf(jdbc);
                }))
                .isInstanceOf(Exception.class);
        assertThat(attempts).hasValue(1);
        // JdbcTransactionManager throws the failure of its rollback instead, which has no SQLState.
        assertThat(ends).singleElement().isIn(StopReason.NOT_IDEMPOTENT, StopReason.FATAL);
    }

    @Test
    void violation_ofAConstraint_isNotRetried() {
        assertThatThrownBy(() -> transactions.run(jdbc -> {
                    begin(jdbc, "duplicate");
                    jdbc.update("INSERT INTO account VALUES (1, 0)");
                }))
                .hasStackTraceContaining("uplicate");
        assertThat(attempts).hasValue(1);
        assertThat(rows()).isEmpty();
        assertThat(ends).containsExactly(StopReason.FATAL);
    }

    /** MariaDB's driver throws a transient exception for every SQLState that it does not know. */
    @Test
    void signal_ofAProcedureOfMariaDb_isNotRetried() {
        if (server != TestServer.MARIADB) {
            return;
        }
        outside.execute("CREATE OR REPLACE PROCEDURE reject_all() SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'limit'");
        assertThatThrownBy(() -> transactions.run(jdbc -> {
                    begin(jdbc, "rejected");
                    jdbc.execute("CALL reject_all()");
                }))
                .hasStackTraceContaining("limit");
        assertThat(attempts).hasValue(1);
        assertThat(rows()).isEmpty();
        assertThat(ends).containsExactly(StopReason.FATAL);
    }

    @Test
    void serializationFailure_ofPostgresql_isRetried() throws Exception {
        if (server != TestServer.POSTGRESQL) {
            return;
        }
        transactions.run(jdbc -> {
            jdbc.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
            int before = jdbc.queryForObject("SELECT balance FROM account WHERE id = 1", Integer.class);
            if (begin(jdbc, "serial") == 1) {
                add(outside, 1, 5);
            }
            jdbc.update("UPDATE account SET balance = ? WHERE id = 1", before + 1);
        });
        assertThat(attempts).hasValue(2);
        assertThat(rows()).containsExactly("serial");
        assertThat(balance(1)).isEqualTo(106);
    }
}
