package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.durable.CallStatements.CallRow;
import dev.respite.testsupport.LogLines;
import dev.respite.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Dead letters that have reached their retention. */
class DeadLetterPurgeTest {

    private static final Duration RETENTION = Duration.ofDays(30);

    /** The first purge begins after a random fraction of the interval. */
    private record FirstPurgeAtOnce(TimeSource delegate) implements TimeSource.Forwarding {
        @Override
        public double roll() {
            return 0;
        }
    }

    private static void add(DurableFixture fixture, String id, DeadLetter.State state, int days) {
        add(fixture, id, state, days, Optional.empty());
    }

    private static void add(
            DurableFixture fixture,
            String id,
            DeadLetter.State state,
            int days,
            Optional<SequenceStatements.Place> place) {
        DeadLetter letter = new DeadLetter(
                id,
                new DeadLetter.Call("payment", id, "key", 1, place.map(SequenceStatements.Place::sequence)),
                state,
                "fatal",
                fixture.time.wallTime().minus(Duration.ofDays(days)),
                new DeadLetter.Attempts(1, Optional.empty(), "", ""));
        CallDatabase database = database(fixture);
        database.transaction("no letter", connection -> {
            new DeadLetterStatements(database)
                    .insert(
                            connection,
                            new DeadLetterStatements.Stored(letter, new byte[0], place),
                            new CallRow("payment", id, 1));
            return true;
        });
    }

    private static CallDatabase database(DurableFixture fixture) {
        return CallDatabase.of(fixture.dataSource, DurableTables.defaults(), fixture.time);
    }

    private static DeadLetters letters(DurableFixture fixture) {
        return new DeadLetters(database(fixture), new Sequences(database(fixture)));
    }

    private static void purge(DurableFixture fixture) {
        letters(fixture).purge(RETENTION, () -> false);
    }

    private static List<String> left(DurableFixture fixture) {
        return fixture.allLetters().stream().map(DeadLetter::letterId).toList();
    }

    @OnEachStore
    void retention_thatHasPassed_purgesLettersOfEveryState(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store);
                LogLines lines = LogLines.of("dev.respite.durable")) {
            for (DeadLetter.State state : DeadLetter.State.values()) {
                add(fixture, "old " + state, state, 31);
                add(fixture, "young " + state, state, 29);
            }
            fixture.start(b -> b.time(new FirstPurgeAtOnce(fixture.time))
                    .deadLetterRetention(RETENTION)
                    .task(PAYMENT, retry("max-attempts=1"), fixture.failingUntil(1)));
            eventually(() -> assertThat(left(fixture))
                    .containsExactlyInAnyOrder("young DEAD", "young PAUSED", "young PARKED", "young CANCELLED"));
            eventually(() -> assertThat(lines.all()).contains("purged dead letters older than PT720H: 4"));
        }
    }

    @OnEachStore
    void purge_besideALockedLetter_removesTheOthers(TestStore store) throws SQLException {
        try (DurableFixture fixture = new DurableFixture(store)) {
            List.of("a", "b", "c").forEach(id -> add(fixture, id, DeadLetter.State.DEAD, 31));
            try (Connection frozen = fixture.dataSource.getConnection();
                    Statement sql = frozen.createStatement()) {
                frozen.setAutoCommit(false);
                sql.execute("SELECT attempts FROM respite_dead_letter WHERE letter_id = 'b' FOR UPDATE");
                purge(fixture);
                assertThat(left(fixture)).containsExactly("b");
                frozen.rollback();
                frozen.setAutoCommit(true);
            }
            purge(fixture);
            assertThat(left(fixture)).isEmpty();
        }
    }

    /** Without it the call would run although an earlier one has not succeeded, and no operator has decided that. */
    @OnEachStore
    void purge_ofALetterThatHoldsUpACall_retainsIt(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            add(
                    fixture,
                    "first",
                    DeadLetter.State.DEAD,
                    31,
                    Optional.of(new SequenceStatements.Place("order 17", Optional.of(1L))));
            TaskQueue.of(fixture.dataSource)
                    .enqueue(PAYMENT, "second", EnqueueOptions.defaults().withSequence("order 17"));
            purge(fixture);
            assertThat(left(fixture)).containsExactly("first");
            TestStore.run(fixture.dataSource, "DELETE FROM respite_task");
            purge(fixture);
            assertThat(left(fixture)).isEmpty();
        }
    }

    /** A replay of the second would run it without the first. */
    @OnEachStore
    void purge_ofALetterBeforeAYoungerOneOfItsSequence_retainsBoth(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            add(fixture, "first", DeadLetter.State.DEAD, 31, place(1));
            add(fixture, "second", DeadLetter.State.PARKED, 29, place(2));
            add(fixture, "third", DeadLetter.State.PARKED, 31, place(3));
            purge(fixture);
            assertThat(left(fixture)).containsExactlyInAnyOrder("first", "second");
        }
    }

    private static Optional<SequenceStatements.Place> place(long position) {
        return Optional.of(new SequenceStatements.Place("order 17", Optional.of(position)));
    }

    @OnEachStore
    void purge_ofManyLetters_removesAllInBatches_untilTheInstanceStops(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            for (int i = 0; i < 210; i++) {
                add(fixture, "letter " + i, DeadLetter.State.DEAD, 31);
            }
            AtomicBoolean stopping = new AtomicBoolean();
            letters(fixture).purge(RETENTION, () -> stopping.getAndSet(true));
            assertThat(letters(fixture).list(DeadLetter.Filter.all().withLimit(1_000)))
                    .hasSize(110);
            purge(fixture);
            assertThat(left(fixture)).isEmpty();
        }
    }

    @Test
    void retention_ofLessThanTheInterval_isRejected() {
        DurableRetryBuilder builder = DurableRetry.builder(TestStore.H2.emptied());
        assertThatThrownBy(() -> builder.deadLetterRetention(Duration.ofMinutes(59)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("dead letter retention PT59M: it must be from PT1H to PT87600H");
        assertThat(builder.settings().waits().deadLetterRetention()).isEmpty();
    }
}
