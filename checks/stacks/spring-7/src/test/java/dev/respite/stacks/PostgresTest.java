package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The PostgreSQL driver and a real server. */
class PostgresTest {

    private static EmbeddedPostgres server;
    private static DataSource database;

    @BeforeAll
    static void start() throws Exception {
        server = EmbeddedPostgres.builder()
                .setServerConfig("deadlock_timeout", "100ms")
                .setPGStartupWait(Duration.ofMinutes(2))
                .start();
        database = server.getPostgresDatabase();
        execute("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @BeforeEach
    void fill() throws SQLException {
        execute("TRUNCATE account");
        execute("INSERT INTO account VALUES (1, 100), (2, 100)");
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection()) {
            execute(connection, sql);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int balance(int account) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT balance FROM account WHERE id = " + account)) {
            row.next();
            return row.getInt(1);
        }
    }

    /** One transaction: both rows, the second only when the other transaction has its first. */
    private static void transfer(int from, int to, CyclicBarrier bothHaveOne, int attempt) throws Exception {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            execute(connection, "UPDATE account SET balance = balance - 10 WHERE id = " + from);
            if (attempt == 1) {
                bothHaveOne.await(30, TimeUnit.SECONDS);
            }
            execute(connection, "UPDATE account SET balance = balance + 10 WHERE id = " + to);
            connection.commit();
        }
    }

    @Test
    void call_twoDeadlockedTransactions_runThreeAndFailNone() throws Exception {
        AtomicInteger transactions = new AtomicInteger();
        AtomicInteger deadlocks = new AtomicInteger();
        CyclicBarrier bothHaveOne = new CyclicBarrier(2);
        Retry retry = Retry.withoutWarnings(RetryPolicy.parse("budget=off"), TimeSource.system())
                .withListener(event -> {
                    if (event instanceof RetryEvent.AttemptFailed failed
                            && failed.kind().equals(ErrorKind.SQL)) {
                        deadlocks.incrementAndGet();
                    }
                });

        ExecutorService two = Executors.newFixedThreadPool(2);
        try {
            Future<?> one = two.submit(() -> run(retry, 1, 2, bothHaveOne, transactions));
            Future<?> other = two.submit(() -> run(retry, 2, 1, bothHaveOne, transactions));
            assertThat(one).succeedsWithin(Duration.ofSeconds(60));
            assertThat(other).succeedsWithin(Duration.ofSeconds(60));
        } finally {
            two.shutdownNow();
        }

        assertThat(transactions).hasValue(3);
        assertThat(deadlocks).hasValue(1);
        assertThat(balance(1)).isEqualTo(100);
        assertThat(balance(2)).isEqualTo(100);
    }

    private static void run(Retry retry, int from, int to, CyclicBarrier bothHaveOne, AtomicInteger transactions) {
        AtomicInteger attempts = new AtomicInteger();
        try {
            retry.call(() -> {
                transactions.incrementAndGet();
                transfer(from, to, bothHaveOne, attempts.incrementAndGet());
                return "committed";
            });
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void update_ofTwoSnapshots_isASerializationFailure() throws Exception {
        try (Connection one = database.getConnection();
                Connection other = database.getConnection()) {
            for (Connection connection : new Connection[] {one, other}) {
                connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                connection.setAutoCommit(false);
                execute(connection, "SELECT * FROM account");
            }
            execute(one, "UPDATE account SET balance = 1 WHERE id = 1");
            one.commit();
            Judged.of(() -> execute(other, "UPDATE account SET balance = 2 WHERE id = 1"))
                    .isA(PSQLException.class)
                    .isTransient(ErrorKind.SQL)
                    .isSelectedBy("sqlstate:40001");
        }
    }

    @Test
    void update_ofALockedRow_isALockTimeoutAlsoWhenSpringHasTranslatedIt() throws Exception {
        try (Connection holder = database.getConnection();
                Connection waiting = database.getConnection()) {
            holder.setAutoCommit(false);
            execute(holder, "UPDATE account SET balance = 1 WHERE id = 1");
            execute(waiting, "SET lock_timeout = '50ms'");
            String update = "UPDATE account SET balance = 2 WHERE id = 1";
            Judged.of(() -> execute(waiting, update)).isTransient(ErrorKind.SQL).isSelectedBy("sqlstate:55P03");
            JdbcTemplate spring = new JdbcTemplate(new SingleConnectionDataSource(waiting, true));
            Judged.of(() -> spring.update(update))
                    .isA(DataAccessException.class)
                    .isTransient(ErrorKind.SQL)
                    .isSelectedBy("sqlstate:55");
        }
    }

    @Test
    void query_onAConnectionThatAnAdministratorHasEnded_isTransient() throws Exception {
        try (Connection ended = database.getConnection();
                Statement statement = ended.createStatement();
                ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
            row.next();
            execute("SELECT pg_terminate_backend(" + row.getInt(1) + ")");
            Judged.of(() -> execute(ended, "SELECT 1")).isTransient(ErrorKind.SQL);
            Judged.of(() -> execute(ended, "SELECT 1"))
                    .isTransient(ErrorKind.SQL)
                    .isSelectedBy("sqlstate:08");
        }
    }

    @Test
    void connect_whatIsRefused_isConnect() {
        String url = "jdbc:postgresql://127.0.0.1:" + RawServer.refusing().getPort() + "/postgres";
        Judged.of(() -> DriverManager.getConnection(url, "postgres", "").close())
                .isA(PSQLException.class)
                .isTransient(ErrorKind.CONNECT)
                .isSelectedBy("sqlstate:08001");
    }

    @Test
    void insert_ofADuplicate_isFatal() {
        Judged.of(() -> execute("INSERT INTO account VALUES (1, 0)")).isFatal().isSelectedBy("sqlstate:23505");
    }
}
