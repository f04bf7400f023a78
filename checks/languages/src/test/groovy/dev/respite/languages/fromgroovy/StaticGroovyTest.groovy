package dev.respite.languages.fromgroovy

import static org.assertj.core.api.Assertions.assertThat

import dev.respite.hedge.Hedge
import dev.respite.Retry
import dev.respite.time.VirtualTime
import dev.respite.policy.RetryPolicy
import groovy.transform.CompileStatic
import java.time.Duration
import java.util.concurrent.Callable
import java.util.concurrent.CompletableFuture
import org.junit.jupiter.api.Test

/** Each shape of entry point as statically compiled Groovy calls it. */
@CompileStatic
class StaticGroovyTest {

    private final VirtualTime time = new VirtualTime()
    private final Retry retry = Retry.of(RetryPolicy.parse('base-delay=1ms budget=off'), time)

    private static String fetch() {
        'value'
    }

    @Test
    void blockingForms_needNothing() {
        String ofClosure = retry.call { fetch() }
        String ofLambda = retry.call(() -> fetch())
        String ofReference = retry.call(StaticGroovyTest::fetch)
        Callable<String> callable = { fetch() }
        String ofCallable = retry.call(callable)
        String interruptible = retry.callWithInterrupt { fetch() }
        retry.run { fetch() }
        assertThat([ofClosure, ofLambda, ofReference, ofCallable, interruptible]).containsOnly('value')
        assertThat(retry.counts().calls()).isEqualTo(6)
    }

    @Test
    void formsThatSeeTheirAttempt_needNothing() {
        int number = retry.callWithAttempt { it.number() }
        assertThat(number).isEqualTo(1)
    }

    @Test
    void asynchronousForms_needNothing() {
        Hedge hedge = Hedge.of(retry, Duration.ofMillis(10))
        CompletableFuture<String> plain = retry.callAsync { CompletableFuture.completedFuture(fetch()) }
        CompletableFuture<Integer> numbered =
                retry.callAsyncWithAttempt { CompletableFuture.completedFuture(it.number()) }
        CompletableFuture<String> hedged = hedge.callIdempotent { CompletableFuture.completedFuture(fetch()) }
        assertThat(plain.join()).isEqualTo('value')
        assertThat(numbered.join()).isEqualTo(1)
        assertThat(hedged.join()).isEqualTo('value')
    }
}
