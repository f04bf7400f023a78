package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Changes between reading a record and the compare-and-set that follows. */
class RacesTest {

    private final IdempotencyFixture fixture = new IdempotencyFixture();
    private final IdempotentCall call = call("k");

    @Test
    void execute_ownerRenewsJustBeforeItIsGivenUp_isInProgress() {
        ExternalIdempotency idempotency = fixture.external();
        IdempotentResult result = idempotency.execute(call, execution -> {
            fixture.time.advance(fixture.settings.lease().plus(Duration.ofSeconds(1)));
            AtomicReference<Runnable> quicker =
                    new AtomicReference<>(() -> assertThat(execution.renew()).isTrue());
            IdempotencyStore overtaken = InterceptedStore.of(fixture.store).withCompareAndSet((expected, write) -> {
                quicker.getAndSet(() -> {}).run();
                return fixture.store.compareAndSet(expected, write);
            });
            assertThat(ExternalIdempotency.of(fixture.engine(overtaken)).execute(call, other -> fixture.pay()))
                    .isInstanceOf(IdempotentResult.InProgress.class);
            assertThat(fixture.state(call)).isEqualTo(State.EFFECT_STARTED);
            return fixture.pay();
        });
        assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.effects).isEqualTo(1);
    }

    /** Nodes that know the older version only still get their results. */
    @Test
    void fault52_takenOverByANewerNode_keepsTheFingerprintThatOlderOnesKnow() {
        Fingerprint older = call.fingerprints().get(0);
        IdempotentCall newer = new IdempotentCall(
                call.scope(), call.operation(), call.key(), List.of(Fingerprint.of("2", new byte[] {1}), older));
        fixture.external().execute(call, execution -> {
            execution.noEffect();
            return StoredResponse.of("not yet");
        });
        assertThat(fixture.external().execute(newer, execution -> fixture.pay()))
                .isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.external().execute(call, execution -> fixture.pay()))
                .isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(fixture.effects).isEqualTo(1);
    }
}
