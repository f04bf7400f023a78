package dev.respite.idempotency;

import static dev.respite.idempotency.Bench.call;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What happens between a look at a record and the change that follows from it. */
class RacesTest {

    private final Bench bench = new Bench();
    private final IdempotentCall call = call("k");

    /** A store in which somebody else is quicker, once. */
    private record Overtaken(IdempotencyStore store, AtomicReference<Runnable> quicker) implements IdempotencyStore {
        @Override
        public Put putIfAbsent(StorageKey key, Draft draft) {
            return store.putIfAbsent(key, draft);
        }

        @Override
        public Swap compareAndSet(Expectation expected, Draft draft) {
            quicker.getAndSet(() -> {}).run();
            return store.compareAndSet(expected, draft);
        }

        @Override
        public Optional<IdempotencyRecord> find(StorageKey key) {
            return store.find(key);
        }

        @Override
        public int purge(int atMost) {
            return store.purge(atMost);
        }
    }

    @Test
    void execute_ownerRenewsJustBeforeItIsGivenUp_isInProgress() {
        ExternalIdempotency idempotency = bench.external();
        Answer answer = idempotency.execute(call, execution -> {
            bench.time.advance(bench.settings.lease().plus(Duration.ofSeconds(1)));
            Runnable renew = () -> assertThat(execution.renew()).isTrue();
            IdempotencyStore overtaken = new Overtaken(bench.store, new AtomicReference<>(renew));
            assertThat(ExternalIdempotency.of(bench.claims(overtaken)).execute(call, other -> bench.pay()))
                    .isInstanceOf(Answer.InProgress.class);
            assertThat(bench.state(call)).isEqualTo(State.EFFECT_STARTED);
            return bench.pay();
        });
        assertThat(answer).isInstanceOf(Answer.Executed.class);
        assertThat(bench.effects).isEqualTo(1);
    }

    /** Nodes that know the older version only go on being answered. */
    @Test
    void fault52_takenOverByANewerNode_keepsTheFingerprintThatOlderOnesKnow() {
        Fingerprint older = call.fingerprints().get(0);
        IdempotentCall newer = new IdempotentCall(
                call.scope(), call.operation(), call.key(), List.of(Fingerprint.of("2", new byte[] {1}), older));
        bench.external().execute(call, execution -> {
            execution.noEffect();
            return StoredResponse.of("not yet");
        });
        assertThat(bench.external().execute(newer, execution -> bench.pay())).isInstanceOf(Answer.Executed.class);
        assertThat(bench.external().execute(call, execution -> bench.pay())).isInstanceOf(Answer.Replayed.class);
        assertThat(bench.effects).isEqualTo(1);
    }
}
