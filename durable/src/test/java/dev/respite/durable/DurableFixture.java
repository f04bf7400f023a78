package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.awaitility.core.ThrowingRunnable;

/** A store, a time and what a test runs in them. */
final class DurableFixture implements AutoCloseable {

    static final DurableTask<String> PAYMENT = DurableTask.of("payment", DataCodec.text());

    final DataSource dataSource;
    final LeapingTime time = new LeapingTime();
    final List<DurableContext> attempts = new CopyOnWriteArrayList<>();
    private final DataSource connections;
    private final List<DurableRetry> started = new ArrayList<>();

    DurableFixture(TestStore store) {
        this(store, UnaryOperator.identity());
    }

    /** The instances have these connections; those of the test are as they are. */
    DurableFixture(TestStore store, UnaryOperator<DataSource> connections) {
        this.dataSource = store.emptied();
        this.connections = connections.apply(dataSource);
    }

    static Retry retry(String policy) {
        return Retry.of(RetryPolicy.parse(policy)).withName("payment");
    }

    /** An instance with short intervals, started. */
    DurableRetry start(Consumer<DurableRetryBuilder> tasks) {
        DurableRetryBuilder builder = DurableRetry.builder(connections)
                .time(time)
                .threads(4)
                .pollInterval(Duration.ofMillis(20))
                .heartbeat(Duration.ofMillis(500))
                .stopWait(Duration.ofSeconds(5));
        tasks.accept(builder);
        return start(builder.build());
    }

    DurableRetry start(DurableRetry durable) {
        started.add(durable);
        durable.start();
        return durable;
    }

    /** All instances look for due calls, without a poll. */
    void wake() {
        started.forEach(DurableRetry::wake);
    }

    /** A handler that records its attempts, and fails until attempt number {@code succeeds}. */
    DurableHandler<String> failingUntil(int succeeds) {
        return (data, context) -> {
            attempts.add(context);
            if (context.attempt().number() < succeeds) {
                throw new ConnectException("refused");
            }
        };
    }

    DeadLetters letters() {
        return DeadLetters.of(dataSource);
    }

    List<DeadLetter> allLetters() {
        return letters().list(DeadLetter.Filter.all());
    }

    /** The due time of the only call. */
    Instant due() {
        return due("%");
    }

    /** The due time of a call. */
    Instant due(String id) {
        CallDatabase database = CallDatabase.of(dataSource, DurableTables.defaults());
        try (var connection = dataSource.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(
                        "SELECT execution_time FROM respite_task WHERE task_instance LIKE '" + id + "'")) {
            assertThat(row.next()).isTrue();
            return database.instant(row, "execution_time").orElseThrow();
        } catch (java.sql.SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    static void eventually(ThrowingRunnable check) {
        await().pollInterval(Duration.ofMillis(10)).untilAsserted(check);
    }

    static void awaitLatch(CountDownLatch latch) {
        eventually(() -> assertThat(latch.getCount()).isZero());
    }

    void awaitAttempts(int number) {
        eventually(() -> assertThat(attempts).hasSize(number));
    }

    /** An attempt has ended, and its row is not picked. */
    void awaitIdle() {
        eventually(() -> assertThat(
                        TestStore.strings(dataSource, "SELECT task_instance FROM respite_task WHERE picked = TRUE"))
                .isEmpty());
    }

    void awaitEmpty() {
        eventually(() -> assertThat(TestStore.tasks(dataSource)).isZero());
    }

    @Override
    public void close() {
        started.forEach(DurableRetry::close);
    }
}
