package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Dead letters that are replayed, resumed or discarded together. */
class DeadLetterChangesTest {

    private static final DeadLetter.Filter ALL = DeadLetter.Filter.all();

    private static EnqueueOptions id(String id) {
        return EnqueueOptions.defaults().withId(id);
    }

    /** Each call fails once; the text of the failure is its data. */
    private static DurableRetry giveUp(DurableFixture fixture, DurableTask<String> task, String... data) {
        DurableRetry durable = fixture.start(b -> b.task(task, retry("max-attempts=1"), (failure, context) -> {
            throw new ConnectException(failure);
        }));
        for (int i = 0; i < data.length; i++) {
            durable.queue().enqueue(task, data[i], id(Integer.toString(i + 1)));
            int letters = i + 1;
            eventually(() -> assertThat(fixture.allLetters()).hasSize(letters));
        }
        return durable;
    }

    private static List<String> ids(List<DeadLetter> letters) {
        return letters.stream().map(DeadLetter::letterId).toList();
    }

    @OnEachStore
    void resume_whenAnIdIsEnqueuedAgain_resumesTheOthersAndReportsIt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            giveUp(fixture, PAYMENT.withPause(), "a", "b", "c", "d", "e").close();
            TaskQueue.of(fixture.dataSource).enqueue(PAYMENT, "again", id("2"));
            List<String> letters = ids(fixture.allLetters());
            DeadLetters.Changes changes = fixture.letters().resume("payment");
            assertThat(changes.changed())
                    .containsExactly(letters.get(0), letters.get(2), letters.get(3), letters.get(4));
            assertThat(changes.skipped()).containsExactly(letters.get(1));
            assertThat(fixture.allLetters())
                    .extracting(letter -> letter.call().id())
                    .containsExactly("2");
            assertThat(TestStore.tasks(fixture.dataSource)).isEqualTo(5);
        }
    }

    @OnEachStore
    void discard_ofASequence_removesTheEntryThatHoldsItUp(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = giveUp(fixture, PAYMENT, "a", "b");
            durable.queue().enqueue(PAYMENT, "c", id("3").withSequence("order 17"));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(3));
            DeadLetter last = fixture.allLetters().get(2);
            assertThat(fixture.letters().list(ALL.withSequence("order 17"))).containsExactly(last);
            assertThat(fixture.letters()
                            .discard(ALL.withSequence("order 17").withLimit(1))
                            .changed())
                    .containsExactly(last.letterId());
            assertThat(fixture.allLetters()).hasSize(2);
        }
    }

    @OnEachStore
    void replay_withARate_spreadsTheDueTimes(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            giveUp(fixture, PAYMENT, "a", "b", "c").close();
            assertThat(fixture.letters().replay(ALL.withLimit(2), 4).changed()).hasSize(3);
            CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults());
            List<Instant> due = database.transaction(
                    "failed",
                    connection -> database.list(
                            connection,
                            "SELECT execution_time FROM {tasks} ORDER BY task_instance",
                            row -> database.instant(row, "execution_time").orElseThrow()));
            assertThat(Duration.between(due.get(0), due.get(1))).isEqualTo(Duration.ofMillis(250));
            assertThat(Duration.between(due.get(0), due.get(2))).isEqualTo(Duration.ofMillis(500));
        }
    }

    /** The other system is still down: calls that are replayed are dead letters again. */
    @OnEachStore
    void replay_whileEntriesAreMade_replaysOnlyThoseBefore(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            giveUp(fixture, PAYMENT, "a", "b", "c", "d").close();
            List<String> before = ids(fixture.allLetters());
            CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults());
            Instant later = fixture.time.wallTime().plusSeconds(60);
            AtomicInteger made = new AtomicInteger();
            DataSource failingAgain = Intercepted.dataSource(fixture.dataSource, (method, call) -> {
                Object result = call.call();
                if (method.equals("commit") && made.incrementAndGet() <= 20) {
                    int number = made.get();
                    database.transaction(connection -> database.update(
                            connection,
                            "INSERT INTO {letters} (letter_id, task_name, task_instance, call_key, state, reason, parked_at,"
                                    + " attempts, last_error, history, data_version)"
                                    + " VALUES (?, 'payment', ?, 'k', 'DEAD', 'r', ?, 1, 'e', 'h', 1)",
                            "again " + number,
                            "again " + number,
                            later.plusSeconds(number)));
                }
                return result;
            });
            DeadLetters.Changes changes = DeadLetters.of(failingAgain).replay(ALL.withLimit(1), 1_000_000);
            assertThat(changes.changed()).isEqualTo(before);
            assertThat(fixture.allLetters()).isNotEmpty();
        }
    }

    @OnEachStore
    void discard_byErrorAndAge_keepsTheOthers(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            giveUp(fixture, PAYMENT, "100% full", "100 full", "100% FULL", "100% full");
            List<DeadLetter> all = fixture.allLetters();
            assertThat(fixture.letters().list(ALL.withError("ConnectException")))
                    .hasSize(4);
            DeadLetters.Changes changes = fixture.letters()
                    .discard(ALL.withError("100% full")
                            .withParkedBefore(all.get(3).parkedAt()));
            assertThat(changes.changed()).containsExactly(all.get(0).letterId());
            assertThat(changes.skipped()).isEmpty();
            assertThat(fixture.allLetters()).isEqualTo(all.subList(1, 4));
        }
    }

    @Test
    void replay_withARateOutOfItsRange_isRejected() {
        DeadLetters letters = DeadLetters.of(TestStore.H2.emptied());
        for (double rate : new double[] {0, -1, Double.NaN, 1_000_001}) {
            assertThatThrownBy(() -> letters.replay(ALL, rate)).hasMessageContaining("above 0, up to 1000000");
        }
    }

    @Test
    void filter_withAPageOutOfItsRange_isRejected() {
        assertThat(ALL.withLimit(1).withLimit(10_000).limit()).isEqualTo(10_000);
        for (int limit : new int[] {0, 10_001}) {
            assertThatThrownBy(() -> ALL.withLimit(limit))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a page of " + limit + " entries: it must be from 1 to 10000");
        }
    }

    @Test
    void filter_keepsTheOtherRestrictions() {
        Instant time = Instant.parse("2030-01-01T00:00:00Z");
        DeadLetter.Filter forwards = ALL.withTask("t")
                .withState(DeadLetter.State.PAUSED)
                .withParkedBefore(time)
                .withError("e")
                .withSequence("s")
                .withLimit(7);
        DeadLetter.Filter backwards = ALL.withLimit(7)
                .withSequence("s")
                .withError("e")
                .withParkedBefore(time)
                .withState(DeadLetter.State.PAUSED)
                .withTask("t");
        assertThat(List.of(forwards, backwards))
                .containsOnly(new DeadLetter.Filter(
                        Optional.of("t"),
                        Optional.of(DeadLetter.State.PAUSED),
                        Optional.of(time),
                        Optional.of("e"),
                        Optional.of("s"),
                        7));
    }

    @Test
    void letter_thatDoesNotExist_isNotChanged() {
        DeadLetters letters = DeadLetters.of(TestStore.H2.emptied());
        assertThat(letters.find("none")).isEmpty();
        assertThat(letters.data("none")).isEmpty();
        assertThat(letters.edit("none", new byte[0])).isFalse();
        assertThat(letters.editWithNewKey("none", new byte[0])).isFalse();
        assertThat(letters.replay("none")).isFalse();
        assertThat(letters.discard("none")).isFalse();
        assertThat(letters.discard(ALL).changed()).isEmpty();
    }
}
