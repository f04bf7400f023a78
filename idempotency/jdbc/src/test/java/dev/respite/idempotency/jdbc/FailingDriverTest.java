package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.idempotency.IdempotentCall;
import dev.respite.jdbc.ScriptedDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Records and work on a driver that throws where a transaction ends, on H2. */
class FailingDriverTest {

    private final ScriptedDataSource dataSource = new ScriptedDataSource(TestDatabase.H2_MEMORY.dataSource());
    private final StoreConnections connections = new StoreConnections(dataSource);
    private final IdempotentCall call = LedgerFixture.call();

    static Stream<Throwable> kinds() {
        return ScriptedDataSource.everyKind();
    }

    static Stream<Throwable> exceptions() {
        return kinds().filter(Exception.class::isInstance);
    }

    private void letFail(Throwable thrown, String... methods) {
        dataSource.before = method -> List.of(methods).contains(method) ? thrown : null;
    }

    private int payments() throws SQLException {
        dataSource.before = method -> null;
        return LedgerFixture.in(TestDatabase.H2_MEMORY).payments(call);
    }

    private boolean pay(Connection connection) throws SQLException {
        LedgerFixture.payOn(connection, call);
        return true;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void transaction_thatFails_whenItsRollbackThrows_keepsItsFailureAndAbortsTheConnection(Throwable thrown)
            throws SQLException {
        letFail(thrown, "rollback", "close");
        SQLException failure = new SQLException("the work has failed");
        assertThat(catchThrowable(() -> connections.transaction(connection -> {
                    LedgerFixture.payOn(connection, call);
                    throw failure;
                })))
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        assertThat(dataSource.calls).containsExactly("autoCommit false", "rollback", "abort", "close");
        assertThat(payments()).isZero();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void transaction_thatIsToBeRolledBack_whenThatThrows_reportsItAndAbortsTheConnection(Throwable thrown)
            throws SQLException {
        letFail(thrown, "rollback");
        assertThat(catchThrowable(() -> connections.transaction(connection -> !pay(connection))))
                .isSameAs(thrown);
        assertThat(dataSource.calls).containsExactly("autoCommit false", "rollback", "rollback", "abort", "close");
        assertThat(payments()).isZero();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void transaction_whenAutoCommitCannotBeRestored_isCommittedAndAbortsTheConnection(Throwable thrown)
            throws SQLException {
        dataSource.before =
                method -> method.equals("setAutoCommit") && dataSource.calls.contains("commit") ? thrown : null;
        assertThat(connections.transaction(this::pay)).isTrue();
        assertThat(dataSource.calls).containsExactly("autoCommit false", "commit", "autoCommit true", "abort", "close");
        assertThat(payments()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void statement_thatFails_whenTheCloseThrows_keepsItsFailure(Throwable thrown) {
        letFail(thrown, "close");
        SQLException failure = new SQLException("the statement has failed");
        assertThat(catchThrowable(() -> connections.autoCommitted(connection -> {
                    throw failure;
                })))
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        assertThat(dataSource.calls).containsExactly("close");
    }

    @Test
    void transaction_thatIsToBeRolledBack_returnsFalseAndHasNoEffect() throws SQLException {
        assertThat(connections.transaction(connection -> !pay(connection))).isFalse();
        assertThat(dataSource.calls).containsExactly("autoCommit false", "rollback", "autoCommit true", "close");
        assertThat(payments()).isZero();
    }

    /** It may be the connection of a transaction that belongs to the caller. */
    @Test
    void connection_thatIsInATransaction_isNeitherRolledBackNorAborted() throws SQLException {
        AtomicBoolean ran = new AtomicBoolean();
        Connection open = TestDatabase.H2_MEMORY.dataSource().getConnection();
        open.setAutoCommit(false);
        LedgerFixture.payOn(open, call);
        ScriptedDataSource joined = new ScriptedDataSource(new SingleConnectionDataSource(open, true));
        assertThat(catchThrowable(() -> new StoreConnections(joined).transaction(connection -> ran.getAndSet(true))))
                .isInstanceOf(UnfitDatabaseException.class);
        assertThat(joined.calls).containsExactly("close");
        assertThat(ran).isFalse();
        open.rollback();
        open.close();
    }

    /** Work whose transaction cannot be rolled back has no effect, and its key may be sent again. */
    @ParameterizedTest
    @MethodSource("exceptions")
    void execute_whenTheRollbackOfTheWorkThrows_hasNoEffectAndRunsAgain(Throwable thrown) throws Exception {
        TransactionalIdempotency idempotency = TransactionalIdempotency.of(dataSource);
        AtomicBoolean isBroken = new AtomicBoolean(true);
        dataSource.before = method -> method.equals("rollback") && isBroken.getAndSet(false) ? thrown : null;
        IOException failure = new IOException("the work has failed");
        assertThat(catchThrowable(() -> idempotency.<Exception>execute(call, connection -> {
                    LedgerFixture.payOn(connection, call);
                    throw failure;
                })))
                .isSameAs(failure);
        assertThat(payments()).isZero();
        LedgerFixture.executed(idempotency.execute(call, LedgerFixture.pay(call)));
        assertThat(payments()).isEqualTo(1);
        assertThat(dataSource.open).isZero();
    }
}
