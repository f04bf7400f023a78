package dev.respite.idempotency;

import static dev.respite.idempotency.Bench.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class ExecuteAsyncTest {

    private final Bench bench = new Bench();
    private final ExternalIdempotency idempotency = bench.external();
    private final IdempotentCall call = call("k");

    @Test
    void fault44_workEndsAfterItsMethodHasReturned_theRealResultIsRecorded() throws Exception {
        CompletableFuture<StoredResponse> work = new CompletableFuture<>();
        CompletableFuture<Answer> answer = idempotency.executeAsync(call, execution -> work);
        assertThat(answer).isNotDone();
        assertThat(bench.state(call)).isEqualTo(State.EFFECT_STARTED);
        assertThat(idempotency.executeAsync(call, execution -> work).get()).isInstanceOf(Answer.InProgress.class);
        work.complete(bench.pay());
        assertThat(answer.get()).isEqualTo(new Answer.Executed(StoredResponse.of("paid 1")));
        assertThat(bench.record(call).response()).contains(StoredResponse.of("paid 1"));
        assertThat(idempotency.executeAsync(call, execution -> work).get()).isInstanceOf(Answer.Replayed.class);
    }

    @Test
    void executeAsync_workFails_failsWithThatAndLeavesTheKeyUnknown() {
        IOException failure = new IOException("reset");
        CompletableFuture<Answer> answer =
                idempotency.executeAsync(call, execution -> CompletableFuture.failedFuture(failure));
        assertThatThrownBy(answer::get).isInstanceOf(ExecutionException.class).hasCause(failure);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
        assertThat(idempotency.counts().of(Kind.FAILED)).isEqualTo(1);
    }

    @Test
    void executeAsync_workThrowsOrReturnsNothing_failsAndNeverHangs() {
        assertThatThrownBy(idempotency.executeAsync(call, execution -> {
                    execution.noEffect();
                    throw new IllegalStateException("at once");
                })::get)
                .hasRootCauseMessage("at once");
        assertThat(bench.state(call)).isEqualTo(State.READY);
        assertThatThrownBy(idempotency.executeAsync(call, execution -> null)::get)
                .hasRootCauseInstanceOf(NullPointerException.class);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void executeAsync_stageCompletedWithNull_failsAndNeverHangs() {
        assertThatThrownBy(idempotency.executeAsync(call, execution -> CompletableFuture.completedFuture(null))::get)
                .hasRootCauseInstanceOf(NullPointerException.class);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void executeAsync_futureIsCancelled_theWorkGoesOnAndIsRecorded() {
        CompletableFuture<StoredResponse> work = new CompletableFuture<>();
        CompletableFuture<Answer> answer = idempotency.executeAsync(call, execution -> work);
        answer.cancel(true);
        work.complete(bench.pay());
        assertThat(bench.state(call)).isEqualTo(State.DONE);
    }

    @Test
    void executeAsync_storeAway_failsAndRunsNothing() {
        Bench.Line line = bench.new Line();
        line.answers = 0;
        CompletableFuture<Answer> answer = ExternalIdempotency.of(bench.claims(line))
                .executeAsync(call, execution -> CompletableFuture.completedFuture(bench.pay()));
        assertThatThrownBy(answer::get).hasRootCauseInstanceOf(IOException.class);
        assertThat(bench.effects).isZero();
    }
}
