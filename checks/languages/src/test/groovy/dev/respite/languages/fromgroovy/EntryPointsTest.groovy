package dev.respite.languages.fromgroovy

import static org.assertj.core.api.Assertions.assertThat

import dev.respite.BreakerPerAttempt
import dev.respite.hedge.Hedge
import dev.respite.Retry
import dev.respite.time.VirtualTime
import dev.respite.outcome.Attempt
import dev.respite.policy.RetryPolicy
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Test

/** Every entry point of the core as Groovy calls it: closures, no casts. Each call fails once and is retried. */
class EntryPointsTest {

    private final VirtualTime time = new VirtualTime()
    private final Retry retry = Retry.of(RetryPolicy.parse('base-delay=1ms budget=off'), time)
    private final BreakerPerAttempt perAttempt = BreakerPerAttempt.of(retry, new AlwaysClosed())
    private final Hedge hedge = Hedge.of(retry, Duration.ofMillis(10))
    private int attempts = 0

    private String fetch() {
        attempts++
        if (attempts == 1) {
            throw new ConnectException('refused')
        }
        'value'
    }

    private String fetchNumbered(Attempt attempt) {
        fetch() + ' of attempt ' + attempt.number()
    }

    private CompletionStage<String> fetchAsync() {
        CompletableFuture.completedFuture(fetch())
    }

    private CompletionStage<String> fetchNumberedAsync(Attempt attempt) {
        CompletableFuture.completedFuture(fetchNumbered(attempt))
    }

    private String valueOf(CompletableFuture<String> call) {
        time.runAll()
        call.join()
    }

    private static void assertValue(String value) {
        assertThat(value).isEqualTo('value')
    }

    private static void assertNumbered(String value) {
        assertThat(value).isEqualTo('value of attempt 2')
    }

    @AfterEach
    void everyCall_ofATest_madeTwoAttempts() {
        assertThat(attempts).isEqualTo(2)
        assertThat(retry.counts().attempts()).isEqualTo(2)
    }

    @Test
    void call_ofAClosure_needsNothing() {
        assertValue(retry.call { fetch() })
    }

    @Test
    void call_ofALambda_needsNothing() {
        assertValue(retry.call(() -> fetch()))
    }

    @Test
    void call_ofAMethodReference_needsNothing() {
        assertValue(retry.call(this::fetch))
    }

    @Test
    void call_ofACallable_needsNothing() {
        Callable<String> callable = { fetch() }
        assertValue(retry.call(callable))
    }

    @Test
    void run_ofAClosure_needsNothing() {
        retry.run { fetch() }
    }

    @Test
    void callWithAttempt_ofAClosure_seesItsAttempt() {
        assertNumbered(retry.callWithAttempt { attempt -> fetchNumbered(attempt) })
    }

    @Test
    void callInterruptibly_ofAClosure_needsNothing() {
        assertValue(retry.callWithInterrupt { fetch() })
    }

    @Test
    void callAsync_ofAClosure_needsNothing() {
        assertValue(valueOf(retry.callAsync { fetchAsync() }))
    }

    @Test
    void callAsyncWithAttempt_ofAClosure_seesItsAttempt() {
        assertNumbered(valueOf(retry.callAsyncWithAttempt { attempt -> fetchNumberedAsync(attempt) }))
    }

    @Test
    void breakerPerAttempt_call_needsNothing() {
        assertValue(perAttempt.call { fetch() })
    }

    @Test
    void breakerPerAttempt_run_needsNothing() {
        perAttempt.run { fetch() }
    }

    @Test
    void breakerPerAttempt_callWithAttempt_seesItsAttempt() {
        assertNumbered(perAttempt.callWithAttempt { attempt -> fetchNumbered(attempt) })
    }

    @Test
    void breakerPerAttempt_callAsync_needsNothing() {
        assertValue(valueOf(perAttempt.callAsync { fetchAsync() }))
    }

    @Test
    void breakerPerAttempt_callAsyncWithAttempt_seesItsAttempt() {
        assertNumbered(valueOf(perAttempt.callAsyncWithAttempt { attempt -> fetchNumberedAsync(attempt) }))
    }

    @Test
    void callIdempotent_ofAClosure_needsNothing() {
        assertValue(valueOf(hedge.callIdempotent { fetchAsync() }))
    }

    @Test
    void callIdempotentWithAttempt_ofAClosure_seesItsAttempt() {
        assertNumbered(valueOf(hedge.callIdempotentWithAttempt { attempt -> fetchNumberedAsync(attempt) }))
    }

    @Test
    void configuration_ofClosures_needsNothing() {
        List<String> events = []
        Retry configured = retry
                .withListener { event -> events << event.name() }
                .withContext { task -> { -> task.run() } as Runnable }
        assertValue(configured.call { fetch() })
        assertThat(events).contains('retry')
    }
}
