package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Calls with the id of a request, which may be sent twice. */
class EnqueueTest {

    private static final EnqueueOptions ORDER = EnqueueOptions.defaults().withId("order 17");

    @OnEachStore
    void enqueueIfAbsent_whenTheIdExists_letsTheTransactionGoOn(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            assertThat(queue.enqueueIfAbsent(PAYMENT, "17", ORDER)).isTrue();
            try (Connection connection = fixture.dataSource.getConnection()) {
                connection.setAutoCommit(false);
                TestStore.book(connection, "before");
                assertThat(queue.enqueueIfAbsent(connection, PAYMENT, "17", ORDER))
                        .isFalse();
                TestStore.book(connection, "after");
                assertThat(queue.enqueueIfAbsent(connection, PAYMENT, "18", ORDER.withId("order 18")))
                        .isTrue();
                connection.commit();
                connection.setAutoCommit(true);
            }
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("after", "before");
            assertThat(TestStore.tasks(fixture.dataSource)).isEqualTo(2);
            fixture.start(b -> b.task(PAYMENT, retry("max-attempts=1"), fixture.failingUntil(1)));
            fixture.awaitEmpty();
            assertThat(queue.enqueueIfAbsent(PAYMENT, "17", ORDER)).isTrue();
            fixture.awaitAttempts(3);
        }
    }

    @OnEachStore
    void enqueueIfAbsent_ofOtherData_isRejectedAndLetsTheTransactionGoOn(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            queue.enqueue(PAYMENT, "17", ORDER);
            try (Connection connection = fixture.dataSource.getConnection()) {
                connection.setAutoCommit(false);
                assertThatThrownBy(() -> queue.enqueueIfAbsent(connection, PAYMENT, "other", ORDER))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(
                                "task 'payment' has a call with the id 'order 17' and other data: an id belongs to one"
                                        + " request; give the other request another id");
                TestStore.book(connection, "after");
                connection.commit();
                connection.setAutoCommit(true);
            }
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("after");
            // A rolling deployment: the next version of the data has other bytes for the same request.
            DurableTask<String> next = PAYMENT.withUpgrade(1, bytes -> bytes);
            assertThat(queue.enqueueIfAbsent(next, "v2 17", ORDER)).isFalse();
        }
    }

    @OnEachStore
    void enqueueIfAbsent_byManyAtOnce_addsOneCall(TestStore store) throws Exception {
        int threads = 8;
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            CountDownLatch ready = new CountDownLatch(threads);
            ExecutorService executor = Executors.newFixedThreadPool(threads);
            try {
                List<Future<Boolean>> added = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    added.add(executor.submit(() -> {
                        ready.countDown();
                        ready.await();
                        return queue.enqueueIfAbsent(PAYMENT, "17", ORDER);
                    }));
                }
                int calls = 0;
                for (Future<Boolean> each : added) {
                    calls += each.get() ? 1 : 0;
                }
                assertThat(calls).isEqualTo(1);
            } finally {
                executor.shutdownNow();
            }
            assertThat(TestStore.tasks(fixture.dataSource)).isEqualTo(1);
        }
    }

    @Test
    void enqueueIfAbsent_withoutAnId_isRejected() {
        TaskQueue queue = TaskQueue.of(TestStore.H2.emptied());
        assertThatThrownBy(() -> queue.enqueueIfAbsent(PAYMENT, "17", EnqueueOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give one by EnqueueOptions.withId");
    }

    @Test
    void options_withNul_areRejected() {
        assertThatThrownBy(() -> EnqueueOptions.defaults().withId("order\0 17"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "id 'order\\0 17': it has the character NUL, which no database stores in a text; remove it");
        assertThatThrownBy(() -> EnqueueOptions.defaults().withSequence("\0order"))
                .hasMessageContaining("sequence '\\0order'");
    }

    /** MariaDB locks the call. */
    @OnEachStore
    void enqueueIfAbsent_whenTheIdExists_letsItsAttemptEndBeforeTheCommit(TestStore store) throws Exception {
        assumeThat(store).isNotEqualTo(TestStore.MARIADB);
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            queue.enqueue(PAYMENT, "17", ORDER);
            try (Connection connection = fixture.dataSource.getConnection()) {
                connection.setAutoCommit(false);
                assertThat(queue.enqueueIfAbsent(connection, PAYMENT, "17", ORDER))
                        .isFalse();
                fixture.start(b -> b.task(PAYMENT, retry("max-attempts=1"), fixture.failingUntil(1)));
                fixture.awaitEmpty();
                connection.commit();
                connection.setAutoCommit(true);
            }
            assertThat(fixture.attempts).hasSize(1);
        }
    }

    @Test
    void options_ofTheirGreatestLength_areAcceptedAndLongerOnesRejected() {
        EnqueueOptions defaults = EnqueueOptions.defaults();
        String printable = " ~" + "k".repeat(253);
        EnqueueOptions longest =
                defaults.withId("i".repeat(100)).withKey(printable).withSequence("s".repeat(100));
        assertThat(longest.key()).contains(printable);
        assertThatThrownBy(() -> longest.withId("i".repeat(101))).hasMessageContaining("it must be of 1 to 100");
        assertThatThrownBy(() -> longest.withKey("k".repeat(256))).hasMessageContaining("it must be of 1 to 255");
        assertThatThrownBy(() -> longest.withSequence("s".repeat(101))).hasMessageContaining("it must be of 1 to 100");
        assertThatThrownBy(() -> longest.withId(" ")).hasMessageContaining("and not blank");
        for (String unprintable : List.of("key\u001f", "key\u007f")) {
            assertThatThrownBy(() -> longest.withKey(unprintable)).hasMessageContaining("no header can carry it");
        }
    }

    @Test
    void options_keepTheOthersThatWereSet() {
        Instant due = Instant.parse("2030-01-01T00:00:00Z");
        EnqueueOptions expected =
                new EnqueueOptions(Optional.of("i"), Optional.of("k"), Optional.of(due), Optional.of("s"));
        EnqueueOptions forwards = EnqueueOptions.defaults()
                .withId("i")
                .withKey("k")
                .withNotBefore(due)
                .withSequence("s");
        EnqueueOptions backwards = EnqueueOptions.defaults()
                .withSequence("s")
                .withNotBefore(due)
                .withKey("k")
                .withId("i");
        assertThat(List.of(forwards, backwards)).containsOnly(expected);
    }

    /** Calls that were due before they existed would overtake all others. */
    @Test
    void notBefore_inThePast_isNow() {
        Instant now = Instant.parse("2030-01-01T00:00:00Z");
        EnqueueOptions options = EnqueueOptions.defaults();
        assertThat(options.dueAt(now)).isEqualTo(now);
        assertThat(options.withNotBefore(now.minusSeconds(1)).dueAt(now)).isEqualTo(now);
        assertThat(options.withNotBefore(now.plusSeconds(1)).dueAt(now)).isEqualTo(now.plusSeconds(1));
    }

    /** More than two batches of statements. */
    @OnEachStore
    void enqueueAll_inATransaction_addsAllInTheirOrderOrNone(TestStore store) throws Exception {
        List<String> data =
                IntStream.range(0, 1_201).mapToObj(number -> "order " + number).toList();
        try (DurableFixture fixture = new DurableFixture(store)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            try (Connection connection = fixture.dataSource.getConnection()) {
                assertThatThrownBy(() -> queue.enqueueAll(connection, PAYMENT, data, EnqueueOptions.defaults()))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(
                                "enqueueAll for task 'payment' on a connection with auto-commit on: a failure would leave"
                                        + " some of the calls; switch auto-commit off, or leave the connection out");
                connection.setAutoCommit(false);
                queue.enqueueAll(connection, PAYMENT, data, EnqueueOptions.defaults());
                connection.rollback();
                connection.setAutoCommit(true);
            }
            assertThat(TestStore.tasks(fixture.dataSource)).isZero();

            List<String> ids =
                    queue.enqueueAll(PAYMENT, data, EnqueueOptions.defaults().withSequence("orders"));

            assertThat(stored(fixture)).containsExactlyElementsOf(ids);
        }
    }

    private static List<String> stored(DurableFixture fixture) throws SQLException {
        List<String> ids = new ArrayList<>();
        try (Connection connection = fixture.dataSource.getConnection();
                Statement sql = connection.createStatement();
                ResultSet row = sql.executeQuery("SELECT task_instance FROM respite_task ORDER BY sequence_position")) {
            while (row.next()) {
                ids.add(row.getString(1));
            }
        }
        return ids;
    }

    @Test
    void enqueueAll_withAnIdOrWithLongData_addsNone() throws Exception {
        try (DurableFixture fixture = new DurableFixture(TestStore.H2)) {
            TaskQueue queue = TaskQueue.of(fixture.dataSource);
            assertThatThrownBy(() -> queue.enqueueAll(PAYMENT, List.of("17", "18"), ORDER))
                    .hasMessage(
                            "enqueueAll for task 'payment' with an id: it belongs to one call; leave it out, or enqueue"
                                    + " each call by itself");
            assertThatThrownBy(() -> queue.enqueueAll(
                            PAYMENT, List.of("17"), EnqueueOptions.defaults().withKey("key")))
                    .hasMessageContaining("with a key: it belongs to one call");
            assertThatThrownBy(() -> queue.enqueueAll(
                            PAYMENT.withMaxDataBytes(4), List.of("17", "longer"), EnqueueOptions.defaults()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(queue.enqueueAll(PAYMENT, List.of(), EnqueueOptions.defaults()))
                    .isEmpty();
            assertThat(TestStore.tasks(fixture.dataSource)).isZero();
        }
    }
}
