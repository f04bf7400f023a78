package dev.respite.idempotency;

import static dev.respite.idempotency.Bench.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Parts that the application gives, and that do not do what they are there for. */
class HooksTest {

    private final Bench bench = new Bench();
    private final IdempotentCall call = call("k");

    private void leaveUnknown() {
        assertThatThrownBy(() -> bench.external().execute(call, execution -> {
                    bench.pay();
                    throw new IOException("reset");
                }))
                .isInstanceOf(IOException.class);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
    }

    /** As a lookup in a map does that has no answer. */
    @Test
    void reconcile_returnsNull_hasFoundOutNothing() {
        leaveUnknown();
        ExternalIdempotency idempotency = bench.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> null));
        assertThat(idempotency.execute(call, execution -> bench.pay())).isInstanceOf(Answer.Unknown.class);
        assertThat(bench.effects).isEqualTo(1);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
        assertThat(idempotency.counts().of(Kind.PART_FAILED)).isEqualTo(1);
    }

    @Test
    @SuppressWarnings("NullAway")
    void resolve_null_isRefusedAndChangesNothing() {
        leaveUnknown();
        assertThatThrownBy(() -> bench.claims().resolve(call.storageKey(), null))
                .isInstanceOf(NullPointerException.class);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void rebuild_returnsNull_isToldWithoutItsBody() {
        ExternalIdempotency small = ExternalIdempotency.of(
                bench.claims().with(bench.settings.withBodyCap(0)).withRebuilder(done -> null));
        StoredResponse paid = StoredResponse.of("paid");
        small.execute(call, execution -> paid);
        assertThat(small.execute(call, execution -> paid))
                .isInstanceOfSatisfying(
                        Answer.Replayed.class,
                        replayed -> assertThat(replayed.response()).isEqualTo(paid.withoutBody()));
        assertThat(small.counts().of(Kind.PART_FAILED)).isEqualTo(1);
    }

    /** "Unavailable" would say that nothing was done. */
    @Test
    void execute_mayRunAgainAndStoreFailsItInTheMidst_isNotTakenForNothingDone() {
        ExternalIdempotency idempotency = bench.external().withCrashPolicy(CrashPolicy.runAgain());
        assertThat(idempotency.execute(call, execution -> {
                    bench.pay();
                    throw new StoreUnavailableException("no answer to renew", new IOException("reset"));
                }))
                .isInstanceOf(Answer.InProgress.class);
        assertThat(bench.state(call)).isEqualTo(State.READY);
        assertThat(idempotency.execute(call, execution -> bench.pay())).isInstanceOf(Answer.Executed.class);
    }

    @Test
    void executeAsync_takenOverBeforeItAnnounces_isToldTheResultLikeAnyOther() throws Exception {
        ExternalIdempotency idempotency = bench.external().withEffectsAnnounced();
        Answer slow = idempotency
                .executeAsync(call, execution -> {
                    if (bench.effects == 0) {
                        bench.time.advance(bench.settings.lease().plus(Duration.ofSeconds(1)));
                        idempotency.execute(call, other -> {
                            other.effectStarting();
                            return bench.pay();
                        });
                    }
                    execution.effectStarting();
                    return CompletableFuture.completedFuture(bench.pay());
                })
                .get();
        assertThat(slow).isInstanceOf(Answer.Replayed.class);
        assertThat(bench.effects).isEqualTo(1);
        assertThat(idempotency.counts().of(Kind.LOST_OWNERSHIP)).isEqualTo(1);
    }
}
