package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Retries that the budget has rejected: they are pulled when they may be made. */
class DeferredRetryTest {

    /** The budget pays for one retry, then for none. */
    private static final String POLICY = "max-attempts=9 jitter=none budget=success:1/1/1 ";

    /** The times of a call that waits. */
    private record Times(Instant due, Optional<Instant> deferredUntil) {}

    private static Times times(DurableFixture fixture) throws SQLException {
        CallDatabase database = CallDatabase.of(fixture.dataSource, DurableTables.defaults(), fixture.time);
        return database.transaction(connection -> database.first(
                        connection,
                        "SELECT execution_time, deferred_until FROM {tasks} WHERE picked = FALSE",
                        row -> new Times(
                                database.instant(row, "execution_time").orElseThrow(),
                                database.instant(row, "deferred_until")))
                .orElseThrow());
    }

    private static Times awaitTimes(DurableFixture fixture, int attempts) throws SQLException {
        fixture.awaitAttempts(attempts);
        fixture.awaitIdle();
        return times(fixture);
    }

    @OnEachStore
    void retryThatIsPaid_isOnlyDue_andOneThatIsNot_isPickedAnHourLaterAtLast(TestStore store) throws SQLException {
        try (DurableFixture fixture = new DurableFixture(store)) {
            fixture.start(b -> b.task(
                            PAYMENT,
                            retry(POLICY + "base-delay=2m max-delay=2m total-timeout=7d"),
                            fixture.failingUntil(9)))
                    .queue()
                    .enqueue(PAYMENT, "order 17");
            Times paid = awaitTimes(fixture, 1);
            assertThat(paid.deferredUntil()).isEmpty();
            fixture.time.leap(Duration.ofMinutes(2));
            Times deferred = awaitTimes(fixture, 2);
            Instant until = deferred.deferredUntil().orElseThrow();
            assertThat(Duration.between(fixture.time.wallTime(), until))
                    .isBetween(Duration.ofSeconds(1), Duration.ofMinutes(5));
            assertThat(deferred.due()).isEqualTo(until.plus(Duration.ofHours(1)));
            fixture.time.leap(Duration.ofMinutes(5));
            Times again = awaitTimes(fixture, 3);
            assertThat(again.due()).isNotEqualTo(deferred.due());
        }
    }

    @OnEachStore
    void deferredRetry_isDueWhenItsTimeIsUp_andGivenUp(TestStore store) throws SQLException {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(
                    PAYMENT, retry(POLICY + "base-delay=2m max-delay=2m total-timeout=20m"), fixture.failingUntil(9)));
            durable.queue().enqueue(PAYMENT, "order 17");
            awaitTimes(fixture, 1);
            fixture.time.leap(Duration.ofMinutes(2));
            Times deferred = awaitTimes(fixture, 2);
            Instant end = fixture.attempts.get(0).firstStart().plus(Duration.ofMinutes(20));
            assertThat(Duration.between(end, deferred.due())).isBetween(Duration.ZERO, Duration.ofNanos(1_000));
            assertThat(durable.stats().scheduled()).isEqualTo(1);
            // As if the pace had permitted none since.
            TestStore.run(fixture.dataSource, "UPDATE respite_task SET deferred_until = NULL");
            fixture.time.leap(Duration.ofMinutes(18));
            eventually(() -> assertThat(fixture.allLetters())
                    .extracting(DeadLetter::reason)
                    .containsExactly("total timeout"));
            assertThat(fixture.attempts).hasSize(2);
        }
    }

    /** Nothing but the tick looks for them. */
    @OnEachStore
    void deferredRetries_arePulledWithoutPolls(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.pollInterval(Duration.ofHours(1))
                    .task(
                            PAYMENT,
                            retry(POLICY + "backoff=fixed base-delay=0ms total-timeout=1h"),
                            fixture.failingUntil(3)));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitEmpty();
            assertThat(fixture.attempts)
                    .extracting(context -> context.attempt().number())
                    .containsExactly(1, 2, 3);
        }
    }

    /** The instance that has deferred it is gone, and the other one has seen no deferral. */
    @OnEachStore
    void deferredRetry_ofAnInstanceThatIsGone_isPulledByAnother(TestStore store) throws SQLException {
        try (DurableFixture fixture = new DurableFixture(store)) {
            String policy = POLICY + "base-delay=1m max-delay=1m total-timeout=7d";
            DurableRetry first = fixture.start(b -> b.task(PAYMENT, retry(policy), fixture.failingUntil(3)));
            first.queue().enqueue(PAYMENT, "order 17");
            awaitTimes(fixture, 1);
            fixture.time.leap(Duration.ofMinutes(1));
            assertThat(awaitTimes(fixture, 2).deferredUntil()).isPresent();
            first.close();
            fixture.start(b -> b.task(PAYMENT, retry(policy), fixture.failingUntil(3)));
            fixture.time.leap(Duration.ofMinutes(5));
            fixture.awaitEmpty();
            assertThat(fixture.attempts)
                    .extracting(context -> context.attempt().number())
                    .containsExactly(1, 2, 3);
        }
    }
}
