package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.durable.CallStatements.CallRow;
import java.time.Duration;
import java.util.Optional;

/** The turn of a picked call in its sequence. */
class SequenceTurnTest {

    private static final EnqueueOptions ORDER_17 = EnqueueOptions.defaults().withSequence("order 17");
    private static final Envelope BEGUN_BY_NONE = Envelope.of("key 17", 1, ORDER_17.sequence());

    private static CallDatabase database(DurableFixture fixture) {
        TaskQueue queue = TaskQueue.of(fixture.dataSource);
        queue.enqueue(PAYMENT, "17", ORDER_17.withId("first"));
        queue.enqueue(PAYMENT, "17", ORDER_17.withId("second"));
        return CallDatabase.of(fixture.dataSource, DurableTables.defaults(), fixture.time);
    }

    private static boolean waits(DurableFixture fixture, CallDatabase database, String id, Envelope envelope) {
        String version = TestStore.strings(
                        fixture.dataSource, "SELECT version FROM respite_task WHERE task_instance = '" + id + "'")
                .get(0);
        return new Sequences(database).waits(new CallRow("payment", id, Long.parseLong(version)), envelope, "order 17");
    }

    @OnEachStore
    void waits_behindAnEarlierCall_isTrueUntilThatIsGone(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CallDatabase database = database(fixture);
            assertThat(waits(fixture, database, "first", BEGUN_BY_NONE)).isFalse();
            assertThat(waits(fixture, database, "second", BEGUN_BY_NONE)).isTrue();
            assertThat(TestStore.strings(
                            fixture.dataSource,
                            "SELECT task_instance FROM respite_task WHERE waits_in_sequence = TRUE AND picked = FALSE"))
                    .containsExactly("second");
            // Frequent looks of many calls would take the threads from others.
            assertThat(fixture.due("second")).isAfter(fixture.time.wallTime().plus(Duration.ofMinutes(9)));
            TestStore.run(fixture.dataSource, "DELETE FROM respite_task WHERE task_instance = 'first'");
            assertThat(waits(fixture, database, "second", BEGUN_BY_NONE)).isFalse();
        }
    }

    @OnEachStore
    void waits_ofACallWhoseLookWasLost_losesNoAttempt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CallDatabase database = database(fixture);
            Envelope lost = BEGUN_BY_NONE.lost(fixture.time.wallTime());
            assertThat(waits(fixture, database, "second", lost)).isTrue();
            Optional<CallStatements.Present> stored = database.transaction(
                    "the call could not be read",
                    connection -> new CallStatements(database).present(connection, "payment", "second", new byte[0]));
            assertThat(Envelope.decode(stored.orElseThrow().envelope())).isEqualTo(BEGUN_BY_NONE);
        }
    }
}
