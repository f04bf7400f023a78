package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class AttemptThreadTest {

    private static final DataSource DATABASE = new JdbcDataSource();
    private static final DataSource OTHER = new JdbcDataSource();

    private static void enqueues(DataSource database) {
        AttemptThread.requireNoHandler(database, "enqueue");
    }

    private static void on(Runnable attempts) throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor(AttemptThread.factory());
        try {
            threads.submit(attempts).get(1, TimeUnit.MINUTES);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void thread_inAHandler_mayEnqueueInAnotherDatabaseOnly() throws Exception {
        on(() -> assertThatCode(() -> AttemptThread.run(DATABASE, () -> {
                    assertThatThrownBy(() -> enqueues(DATABASE))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("enqueue(connection, …)");
                    assertThatCode(() -> enqueues(OTHER)).doesNotThrowAnyException();
                }))
                .doesNotThrowAnyException());
    }

    @Test
    void thread_afterAHandlerThatHasFailed_mayEnqueue() throws Exception {
        on(() -> {
            assertThatThrownBy(() -> AttemptThread.run(DATABASE, () -> {
                        throw new SQLException("deadlock");
                    }))
                    .hasMessage("deadlock");
            assertThatCode(() -> enqueues(DATABASE)).doesNotThrowAnyException();
        });
    }

    @Test
    void threadOfAnother_inAHandler_mayEnqueue() throws Exception {
        boolean[] hasRun = new boolean[1];
        AttemptThread.run(DATABASE, () -> {
            enqueues(DATABASE);
            hasRun[0] = true;
        });
        assertThat(hasRun[0]).isTrue();
    }
}
