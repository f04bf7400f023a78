package dev.respite.spring.boot.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.durable.EffectRunner;
import dev.respite.spring.boot.setup.SpringTransactions;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.AbstractDataSource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionSystemException;

/** Effects in transactions of Spring, on a connection that records how they end. */
class SpringEffectsTest {

    private final List<String> calls = new ArrayList<>();
    private final DataSource dataSource = new Recording();
    private boolean isRollbackFailing;

    /** Connections in auto-commit mode until it is switched off. */
    private final class Recording extends AbstractDataSource {

        @Override
        public Connection getConnection() {
            boolean[] autoCommit = {true};
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                        switch (method.getName()) {
                            case "getAutoCommit" -> {
                                return autoCommit[0];
                            }
                            case "setAutoCommit" -> autoCommit[0] = (boolean) arguments[0];
                            case "commit", "rollback", "close" -> calls.add(method.getName());
                            default -> {
                                return method.getReturnType() == boolean.class ? Boolean.FALSE : null;
                            }
                        }
                        if (isRollbackFailing && method.getName().equals("rollback")) {
                            throw new SQLException("connection reset");
                        }
                        return null;
                    });
        }

        @Override
        public Connection getConnection(String user, String password) {
            return getConnection();
        }
    }

    private void run(EffectRunner.Effect effect) throws Exception {
        new SpringEffects(new DataSourceTransactionManager(dataSource), dataSource).run(null, new byte[0], effect);
    }

    @Test
    void run_effectSucceeds_isCommitted() throws Exception {
        run(connection -> assertThat(connection.getAutoCommit()).isFalse());
        assertThat(calls).containsExactly("commit", "close");
    }

    @Test
    void run_effectFails_isRolledBackAndPassesTheException() {
        IOException failure = new IOException("reset");
        assertThatThrownBy(() -> run(connection -> {
                    throw failure;
                }))
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        assertThat(calls).containsExactly("rollback", "close");
    }

    /** The failure of the handler decides about the retry. */
    @Test
    void run_rollbackFailsToo_passesTheFirstExceptionWithTheOther() {
        isRollbackFailing = true;
        IOException failure = new IOException("reset");
        assertThatThrownBy(() -> run(connection -> {
                    throw failure;
                }))
                .isSameAs(failure)
                .satisfies(thrown -> assertThat(thrown.getSuppressed())
                        .singleElement()
                        .isInstanceOf(TransactionSystemException.class));
        assertThat(calls).containsExactly("rollback", "close");
    }

    @Test
    void connection_withoutATransaction_isRejectedAndClosed() {
        assertThatThrownBy(() -> SpringTransactions.connection(dataSource, "of another data source"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("of another data source");
        assertThat(calls).containsExactly("close");
    }
}
