package dev.respite.idempotency.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.Execution;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyCounts;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.Work;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Requests that are answered on another thread, and the limits of a guard. */
class HttpGuardTest {

    private static final StoredResponse PAID = StoredResponse.of("paid");

    private final IdempotencyStore store = InMemoryIdempotencyStore.create();
    private final HttpGuard<Execution> guard = HandlerFixture.guard(store);

    private static HttpHead head() {
        Map<String, List<String>> headers = Map.of(HttpGuard.KEY_HEADER, List.of("\"k\""));
        return new HttpHead("POST", "/pay", Optional.empty(), name -> headers.getOrDefault(name, List.of()));
    }

    private static CompletableFuture<StoredResponse> handle(
            HttpGuard<?> guard,
            boolean isReplayAllowed,
            Function<? super Execution, ? extends CompletionStage<StoredResponse>> work) {
        return guard.handleAsync(head(), Scope.of("alice"), new byte[0], record -> isReplayAllowed, work);
    }

    private static CompletableFuture<StoredResponse> pay(Execution execution) {
        return CompletableFuture.completedFuture(PAID);
    }

    @Test
    void handleAsync_twice_isReplayedToWhoMaySeeIt() {
        assertThat(guard.supportsAsync()).isTrue();
        assertThat(handle(guard, false, HttpGuardTest::pay).join()).isEqualTo(PAID);
        StoredResponse again = handle(guard, true, HttpGuardTest::pay).join();
        assertThat(again.headers()).containsEntry(HttpGuard.REPLAYED_HEADER, List.of("true"));
        assertThat(again.text()).contains("paid");
        assertThat(handle(guard, false, HttpGuardTest::pay).join().status()).isEqualTo(403);
    }

    @Test
    void handleAsync_storeAway_isUnavailable() {
        StoredResponse away = handle(HandlerFixture.guard(InterceptedStore.unavailable()), true, HttpGuardTest::pay)
                .join();
        assertThat(away.status()).isEqualTo(503);
        assertThat(away.headers()).containsEntry("Retry-After", List.of("1"));
    }

    @Test
    void handleAsync_workFails_failsWithItsException() {
        IOException reset = new IOException("reset");
        assertThatThrownBy(() -> handle(guard, true, execution -> CompletableFuture.failedFuture(reset))
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isSameAs(reset);
        assertThat(handle(guard, true, HttpGuardTest::pay).join().status()).isEqualTo(409);
    }

    /** As one with a transaction. */
    @Test
    void handleAsync_idempotencyThatNeedsTheThread_isRejectedWithTheWayOut() {
        HttpGuard<Execution> bound = HttpGuard.of(new Idempotency<Execution>() {
            @Override
            public <X extends Exception> IdempotentResult execute(
                    IdempotentCall call, Work<? super Execution, X> work) {
                throw new AssertionError("not called");
            }

            @Override
            public IdempotencyCounts counts() {
                throw new AssertionError("not called");
            }
        });
        assertThat(bound.supportsAsync()).isFalse();
        assertThatThrownBy(() -> handle(bound, true, HttpGuardTest::pay))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("create the guard with an ExternalIdempotency");
    }

    @Test
    void limits_ofNothing_areAcceptedAndKept() {
        HttpGuard<?> least = guard.withBodyLimit(0).withParameterLimit(0).withResponseLimits(0, 0);
        assertThat(least.bodyLimit()).isZero();
        assertThat(least.maxParameters()).isZero();
        assertThat(least.maxResponseInMemory()).isZero();
        assertThat(least.maxResponseLength()).isZero();
        HttpGuard<?> other = guard.withResponseLimits(3, 4)
                .withParameterLimit(2)
                .withBodyLimit(1)
                .withUnquotedKeys();
        assertThat(other.bodyLimit()).isEqualTo(1);
        assertThat(other.maxParameters()).isEqualTo(2);
        assertThat(other.maxResponseInMemory()).isEqualTo(3);
        assertThat(other.maxResponseLength()).isEqualTo(4);
    }

    @Test
    void limits_negativeOrContradictory_areRejectedWithTheirValue() {
        assertThatThrownBy(() -> guard.withBodyLimit(-1)).hasMessageContaining("body limit -1");
        assertThatThrownBy(() -> guard.withParameterLimit(-1)).hasMessageContaining("parameter limit -1");
        assertThatThrownBy(() -> guard.withResponseLimits(-1, 5)).hasMessageContaining("limits of -1 and 5");
        assertThatThrownBy(() -> guard.withResponseLimits(5, 4)).hasMessageContaining("limits of 5 and 4");
    }
}
