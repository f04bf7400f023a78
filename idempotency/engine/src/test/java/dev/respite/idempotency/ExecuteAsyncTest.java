package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ExecuteAsyncTest {

    private final IdempotencyFixture fixture = new IdempotencyFixture();
    private final ExternalIdempotency idempotency = fixture.external();
    private final IdempotentCall call = call("k");

    @Test
    void fault44_workEndsAfterItsMethodHasReturned_theRealResultIsRecorded() throws Exception {
        CompletableFuture<StoredResponse> work = new CompletableFuture<>();
        CompletableFuture<IdempotentResult> result = idempotency.executeAsync(call, execution -> work);
        assertThat(result).isNotDone();
        assertThat(fixture.state(call)).isEqualTo(State.EFFECT_STARTED);
        assertThat(idempotency.executeAsync(call, execution -> work).get())
                .isInstanceOf(IdempotentResult.InProgress.class);
        work.complete(fixture.pay());
        assertThat(result.get()).isEqualTo(new IdempotentResult.Executed(StoredResponse.of("paid 1")));
        assertThat(fixture.record(call).response()).contains(StoredResponse.of("paid 1"));
        assertThat(idempotency.executeAsync(call, execution -> work).get())
                .isInstanceOf(IdempotentResult.Replayed.class);
    }

    @Test
    void executeAsync_workFails_failsWithThatAndLeavesTheKeyUnknown() {
        IOException failure = new IOException("reset");
        CompletableFuture<IdempotentResult> result =
                idempotency.executeAsync(call, execution -> CompletableFuture.failedFuture(failure));
        assertThatThrownBy(result::get).isInstanceOf(ExecutionException.class).hasCause(failure);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
        assertThat(idempotency.counts().count(Kind.FAILED)).isEqualTo(1);
    }

    @Test
    void executeAsync_workThrowsOrReturnsNothing_failsAndNeverHangs() {
        assertThatThrownBy(idempotency.executeAsync(call, execution -> {
                    execution.noEffect();
                    throw new IllegalStateException("at once");
                })::get)
                .hasRootCauseMessage("at once");
        assertThat(fixture.state(call)).isEqualTo(State.READY);
        assertThatThrownBy(idempotency.executeAsync(call, execution -> null)::get)
                .hasRootCauseInstanceOf(NullPointerException.class);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void executeAsync_stageCompletedWithNull_failsAndNeverHangs() {
        assertThatThrownBy(idempotency.executeAsync(call, execution -> CompletableFuture.completedFuture(null))::get)
                .hasRootCauseInstanceOf(NullPointerException.class);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void executeAsync_futureIsCancelled_theWorkGoesOnAndIsRecorded() {
        CompletableFuture<StoredResponse> work = new CompletableFuture<>();
        CompletableFuture<IdempotentResult> result = idempotency.executeAsync(call, execution -> work);
        result.cancel(true);
        work.complete(fixture.pay());
        assertThat(fixture.state(call)).isEqualTo(State.DONE);
    }

    @Test
    void executeAsync_storeAway_failsAndRunsNothing() {
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        connection.repliesLeft = 0;
        CompletableFuture<IdempotentResult> result = ExternalIdempotency.of(fixture.engine(connection.store))
                .executeAsync(call, execution -> CompletableFuture.completedFuture(fixture.pay()));
        assertThatThrownBy(result::get).hasRootCauseInstanceOf(IOException.class);
        assertThat(fixture.effects).isZero();
    }
}
