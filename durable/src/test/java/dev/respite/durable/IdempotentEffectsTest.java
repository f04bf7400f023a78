package dev.respite.durable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.durable.idempotency.IdempotentEffects;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.outcome.Attempt;
import java.time.Duration;
import java.time.Instant;

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
    void run_whileAnotherExecutionHasTheKey_isPendingForAtLeastASecond(TestStore store) throws Exception {
        IdempotentEffects effects = effects(store);
        DurableContext context = context("key 17");
        effects.run(
                context,
                STORED,
                connection -> assertThatThrownBy(() -> effects.run(context, STORED, MUST_NOT_RUN))
                        .isInstanceOfSatisfying(
                                EffectPendingException.class,
                                pending ->
                                        assertThat(pending.retryAfter()).isGreaterThanOrEqualTo(Duration.ofSeconds(1)))
                        .hasMessage("the effect with the key of call 'order 17' is being made by another execution"));
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
}
