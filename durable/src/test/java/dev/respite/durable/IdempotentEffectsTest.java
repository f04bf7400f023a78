package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.durable.idempotency.IdempotentEffects;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.outcome.Attempt;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/** An effect whose key has a record that does not permit it is not made. */
class IdempotentEffectsTest {

    private static final byte[] STORED = {17};
    private static final EffectRunner.Effect MUST_NOT_RUN = connection -> {
        throw new AssertionError("made");
    };

    private static DurableContext context(String key) {
        return new DurableContext("payment", "order 17", key, Attempt.FIRST, Instant.EPOCH);
    }

    private static IdempotentEffects effects(TestStore store) {
        return IdempotentEffects.of(TransactionalIdempotency.of(store.emptied()), Scope.of("billing"));
    }

    /** The other execution is the one around it. */
    @OnEachStore
    void run_whileAnotherExecutionHasTheKey_isPendingForASecond(TestStore store) throws Exception {
        IdempotentEffects effects = effects(store);
        DurableContext context = context("key 17");
        List<Throwable> pending = new ArrayList<>();
        boolean committed = effects.run(
                context,
                STORED,
                connection -> pending.add(catchThrowable(() -> effects.run(context, STORED, MUST_NOT_RUN))));
        assertThat(committed).isTrue();
        assertThat(pending)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(EffectRunner.PendingException.class)
                        .hasMessage("the effect with the key of call 'order 17' is being made by another execution"));
        assertThat(((EffectRunner.PendingException) pending.get(0)).retryAfter())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(effects.run(context, STORED, MUST_NOT_RUN)).isFalse();
    }

    @OnEachStore
    void run_withAKeyThatIsOlderThanTheRecords_isRejectedWithTheRemedy(TestStore store) {
        String old = "018c0000-0000-7000-8000-000000000017";
        assertThatThrownBy(() -> effects(store).run(context(old), STORED, MUST_NOT_RUN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "the effect of call 'order 17' of task 'payment' was not made, since the record of its key says:"
                                + " EXPIRED; the key is older than the retention of the records, which must be longer than a call"
                                + " may take");
    }

    @OnEachStore
    void run_withAKeyThatIsDatedAhead_isRejectedWithTheRemedy(TestStore store) {
        String future = Envelope.newKey(Instant.parse("2199-01-01T00:00:00Z"));
        assertThatThrownBy(() -> effects(store).run(context(future), STORED, MUST_NOT_RUN))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith(
                        "KEY_FROM_FUTURE; the key is dated ahead of the clock of the records: replay the dead"
                                + " letter when that time has come, or edit it with a new key");
    }

    /**
     * On PostgreSQL: the pick, the record, the mark of the effect, the statement of the handler, and the removal of the mark with
     * the row. On the others also the further statements of the pick, a look for the record, and the removal of the row.
     */
    @OnEachStore
    void call_withARecord_isFewStatementsAndOneCommit(TestStore store) {
        List<String> statements = new CopyOnWriteArrayList<>();
        AtomicInteger commits = new AtomicInteger();
        UnaryOperator<DataSource> counted =
                connections -> Intercepted.statements(connections, statements::add, commits);
        try (DurableFixture fixture = new DurableFixture(store, counted)) {
            IdempotentEffects effects = IdempotentEffects.of(
                    TransactionalIdempotency.of(counted.apply(fixture.dataSource)), Scope.of("billing"));
            fixture.start(b -> b.heartbeat(Duration.ofHours(1))
                    .pollInterval(Duration.ofHours(1))
                    .effects(effects)
                    .effect(
                            DurableFixture.PAYMENT,
                            DurableFixture.retry("max-attempts=5"),
                            (connection, data, context) -> TestStore.book(connection, data)));
            DurableFixture.eventually(() -> assertThat(statements).anyMatch(sql -> sql.contains("since")));
            fixture.awaitIdle();
            statements.clear();
            commits.set(0);
            TaskQueue.of(fixture.dataSource).enqueue(DurableFixture.PAYMENT, "order 17");
            fixture.wake();
            fixture.awaitEmpty();
            assertThat(statements)
                    .hasSize(
                            switch (store) {
                                case POSTGRESQL -> 5;
                                case MARIADB -> 9;
                                case H2 -> 10;
                            });
            assertThat(commits).hasValue(store == TestStore.POSTGRESQL ? 1 : 2);
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
        }
    }

    /** The handler has committed the record as done, with a part of its effect. */
    @OnEachStore
    void effect_whoseHandlerCommits_isUnknownAndADeadLetter(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            IdempotentEffects effects =
                    IdempotentEffects.of(TransactionalIdempotency.of(fixture.dataSource), Scope.of("billing"));
            DurableRetry durable = fixture.start(b -> b.effects(effects)
                    .effect(
                            DurableFixture.PAYMENT,
                            DurableFixture.retry("max-attempts=5 base-delay=1ms max-delay=1ms"),
                            (connection, data, context) -> {
                                TestStore.book(connection, data);
                                try (Statement sql = connection.createStatement()) {
                                    sql.execute("COMMIT");
                                }
                            }));
            EnqueueOptions options = EnqueueOptions.defaults().withKey("key-17");
            durable.queue().enqueue(DurableFixture.PAYMENT, "order 17", options);
            DurableFixture.eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(TestStore.strings(fixture.dataSource, "SELECT state FROM respite_idempotency"))
                    .containsExactly("UNKNOWN");
            durable.queue().enqueue(DurableFixture.PAYMENT, "order 17", options);
            DurableFixture.eventually(() -> assertThat(fixture.allLetters()).hasSize(2));
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 17");
        }
    }
}
