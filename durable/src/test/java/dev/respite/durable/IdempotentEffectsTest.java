package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.durable.idempotency.IdempotentEffects;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.outcome.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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
        effects.run(
                context,
                STORED,
                connection -> pending.add(catchThrowable(() -> effects.run(context, STORED, MUST_NOT_RUN))));
        assertThat(pending)
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(EffectPendingException.class)
                        .hasMessage("the effect with the key of call 'order 17' is being made by another execution"));
        assertThat(((EffectPendingException) pending.get(0)).retryAfter()).isEqualTo(Duration.ofSeconds(1));
        effects.run(context, STORED, MUST_NOT_RUN);
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
}
