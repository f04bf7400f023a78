package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data of calls is stored apart from their state: what need not read it does not. */
class StoredDataTest {

    private static final String COPIES = """
            INSERT INTO respite_task (task_name, task_instance, task_data, execution_time, picked, picked_by, last_heartbeat,
                version, call_data)
            SELECT task_name, 'copy ' || n, task_data, execution_time, n %% 2 = 0, CASE n %% 2 WHEN 0 THEN 'dead' END,
                CASE n %% 2 WHEN 0 THEN execution_time - INTERVAL '1 hour' END, 1, call_data
            FROM respite_task, generate_series(2, %d) n
            """;

    private static final String LETTER_COPIES = """
            INSERT INTO respite_dead_letter (letter_id, task_name, task_instance, call_key, state, reason, parked_at, attempts,
                last_error, history, data_version, envelope, call_data)
            SELECT 'copy ' || n, task_name, task_instance, call_key, state, reason, parked_at, attempts,
                last_error, history, data_version, envelope, call_data
            FROM respite_dead_letter, generate_series(2, %d) n
            """;

    @TempDir
    Path folder;

    private String output(DataSource dataSource, String calls) throws Exception {
        Path output = folder.resolve("out");
        Process process =
                JavaProcess.start(SmallHeapWorker.class, "-Xmx256m", output, JavaProcess.urlOf(dataSource), calls);
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as(() -> output(output))
                    .isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        return output(output);
    }

    private static String output(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException none) {
            return "";
        }
    }

    /** Half of the calls are due; an instance that has died was running the others. */
    @Tag("slow")
    @Test
    void calls_withMuchData_areRunInASmallHeap() throws Exception {
        DataSource dataSource = TestStore.POSTGRESQL.emptied();
        TaskQueue.of(dataSource).enqueue(SmallHeapWorker.LARGE, new byte[5_000_000]);
        TestStore.run(dataSource, COPIES.formatted(60));
        assertThat(output(dataSource, "60")).contains("60 calls");
        assertThat(TestStore.tasks(dataSource)).isZero();
    }

    @Test
    void deadLetters_withMuchData_areListedInASmallHeap() throws Exception {
        try (DurableFixture fixture = new DurableFixture(TestStore.POSTGRESQL)) {
            fixture.start(b -> b.task(SmallHeapWorker.LARGE, retry("max-attempts=1"), (data, context) -> {
                        throw new ConnectException("refused");
                    }))
                    .queue()
                    .enqueue(SmallHeapWorker.LARGE, new byte[2_000_000]);
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            TestStore.run(fixture.dataSource, LETTER_COPIES.formatted(100));
            assertThat(output(fixture.dataSource, "0")).contains("100 letters");
        }
    }

    @OnEachStore
    void data_ofTheLimit_isStoredAndLongerDataRejected(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            queue.enqueue(PAYMENT, "x".repeat(262_144));
            assertThatThrownBy(() -> queue.enqueue(PAYMENT, "x".repeat(262_145)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the data of a call of task 'payment' has 262145 bytes, and at most 262144 are stored: store it"
                                    + " elsewhere and enqueue a reference to it, or raise the limit by"
                                    + " DurableTask.withMaxDataBytes");
            DurableTask<String> larger = PAYMENT.withMaxDataBytes(2_000_000);
            queue.enqueue(larger, "x".repeat(2_000_000));
            fixture.start(b -> b.task(larger, retry("max-attempts=2 base-delay=1ms"), (data, context) -> {
                assertThat(data.replace("x", "")).isEmpty();
                fixture.failingUntil(2).run(data, context);
            }));
            fixture.awaitEmpty();
            assertThat(fixture.attempts).hasSize(4);
            assertThatThrownBy(() -> PAYMENT.withMaxDataBytes(0)).hasMessageContaining("give 1 or more");
        }
    }
}
