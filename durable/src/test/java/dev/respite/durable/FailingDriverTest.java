package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.jdbc.ScriptedDataSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Effects and enqueued calls on a driver that throws where a transaction ends, on H2. */
class FailingDriverTest {

    private final ScriptedDataSource dataSource = new ScriptedDataSource(TestStore.H2.emptied());
    private final TaskQueue queue = TaskQueue.of(dataSource);

    FailingDriverTest() {
        dataSource.calls.clear();
    }

    static Stream<Throwable> kinds() {
        return ScriptedDataSource.everyKind();
    }

    private void letFail(Throwable thrown, String... methods) {
        dataSource.before = method -> List.of(methods).contains(method) ? thrown : null;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void effect_thatFails_whenItsRollbackThrows_keepsItsFailureAndAbortsTheConnection(Throwable thrown) {
        letFail(thrown, "rollback");
        IOException failure = new IOException("the effect has failed");
        DurableContext context = new DurableContext("payment", "17", "key", null, Instant.EPOCH);
        assertThat(catchThrowable(() -> EffectRunner.of(dataSource).run(context, new byte[0], connection -> {
                    insert(connection);
                    throw failure;
                })))
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        assertThat(dataSource.calls).containsExactly("autoCommit false", "rollback", "abort", "close");
        assertThat(dataSource.open).isZero();
        dataSource.before = method -> null;
        assertThat(queue.stats().due()).isZero();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void enqueue_whenTheCommitAndItsRollbackThrow_leavesNoOpenTransaction(Throwable thrown) {
        letFail(thrown, "commit", "rollback", "close");
        Throwable failure = catchThrowable(() -> queue.enqueue(DurableTask.of("payment"), new byte[0]));
        assertThat(failure instanceof StoreException ? failure.getCause() : failure)
                .isSameAs(thrown);
        assertThat(dataSource.calls).containsExactly("autoCommit false", "commit", "rollback", "abort", "close");
        dataSource.before = method -> null;
        assertThat(queue.stats().due()).isZero();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void enqueue_whenAutoCommitCannotBeRestored_isEnqueuedAndAbortsTheConnection(Throwable thrown) {
        dataSource.before =
                method -> method.equals("setAutoCommit") && dataSource.calls.contains("commit") ? thrown : null;
        queue.enqueue(DurableTask.of("payment"), new byte[0]);
        assertThat(dataSource.calls).containsExactly("autoCommit false", "commit", "autoCommit true", "abort", "close");
        dataSource.before = method -> null;
        assertThat(queue.stats().due()).isEqualTo(1);
    }

    private static void insert(Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            sql.executeUpdate("INSERT INTO respite_task (task_name, task_instance, execution_time, picked, version)"
                    + " VALUES ('payment', '17', CURRENT_TIMESTAMP, FALSE, 1)");
        }
    }
}
