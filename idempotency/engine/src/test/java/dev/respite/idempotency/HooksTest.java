package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Reconcilers, rebuilders and resolutions of the application that violate their contract. */
class HooksTest {

    private final IdempotencyFixture fixture = new IdempotencyFixture();
    private final IdempotentCall call = call("k");

    private void leaveUnknown() {
        assertThatThrownBy(() -> fixture.external().execute(call, execution -> {
                    fixture.pay();
                    throw new IOException("reset");
                }))
                .isInstanceOf(IOException.class);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    /** Like a lookup in a map without the key. */
    @Test
    void reconcile_returnsNull_staysUnknown() {
        leaveUnknown();
        ExternalIdempotency idempotency = fixture.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> null));
        assertThat(idempotency.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Unknown.class);
        assertThat(fixture.effects).isEqualTo(1);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
        assertThat(idempotency.counts().count(Kind.CALLBACK_FAILED)).isEqualTo(1);
    }

    @Test
    @SuppressWarnings("NullAway")
    void resolve_null_isRejectedAndChangesNothing() {
        leaveUnknown();
        assertThatThrownBy(() -> fixture.engine().resolve(call.storageKey(), null))
                .isInstanceOf(NullPointerException.class);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void rebuild_returnsNull_isReplayedWithoutItsBody() {
        ExternalIdempotency small = ExternalIdempotency.of(fixture.engine()
                .withSettings(fixture.settings.withMaxStoredBody(0))
                .withRebuilder(done -> null));
        StoredResponse paid = StoredResponse.of("paid");
        small.execute(call, execution -> paid);
        assertThat(small.execute(call, execution -> paid))
                .isInstanceOfSatisfying(
                        IdempotentResult.Replayed.class,
                        replayed -> assertThat(replayed.response()).isEqualTo(paid.withoutBody()));
        assertThat(small.counts().count(Kind.CALLBACK_FAILED)).isEqualTo(1);
    }

    @Test
    void withListener_twice_eachGetsAllEventsWhateverTheOtherDoes() {
        List<IdempotencyEvent> others = new ArrayList<>();
        IdempotencyListener broken = event -> {
            throw new IllegalStateException("listener");
        };
        ExternalIdempotency idempotency =
                ExternalIdempotency.of(fixture.engine().withListener(broken).withListener(others::add));
        idempotency.execute(call, execution -> fixture.pay());
        idempotency.execute(call, execution -> fixture.pay());
        assertThat(others).extracting(IdempotencyEvent::kind).containsExactly(Kind.EXECUTED, Kind.REPLAYED);
        assertThat(fixture.events).isEqualTo(others);
    }

    /** "Unavailable" would mean that the work had no effect. */
    @Test
    void execute_mayRunAgainAndStoreFailsItInTheMidst_isNotReportedAsNotDone() {
        ExternalIdempotency idempotency = fixture.external().withCrashPolicy(CrashPolicy.runAgain());
        assertThat(idempotency.execute(call, execution -> {
                    fixture.pay();
                    throw new StoreUnavailableException("no response to renew", new IOException("reset"));
                }))
                .isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(fixture.state(call)).isEqualTo(State.READY);
        assertThat(idempotency.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Executed.class);
    }

    @Test
    void executeAsync_takenOverBeforeItAnnounces_getsTheResultOfTheWinner() throws Exception {
        ExternalIdempotency idempotency = fixture.external().withExplicitEffectStart();
        IdempotentResult slow = idempotency
                .executeAsync(call, execution -> {
                    if (fixture.effects == 0) {
                        fixture.time.advance(fixture.settings.lease().plus(Duration.ofSeconds(1)));
                        idempotency.execute(call, other -> {
                            other.effectStarting();
                            return fixture.pay();
                        });
                    }
                    execution.effectStarting();
                    return CompletableFuture.completedFuture(fixture.pay());
                })
                .get();
        assertThat(slow).isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(fixture.effects).isEqualTo(1);
        assertThat(idempotency.counts().count(Kind.LOST_OWNERSHIP)).isEqualTo(1);
    }
}
