package dev.respite.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;

/** A Flux that is tried again: its subscriber never gets more than it requested, in all attempts together. */
class FluxRetryTest {

    private final VirtualTime time = new VirtualTime();
    private final Retry calls =
            Retry.of(RetryPolicy.parse("base-delay=100ms jitter=none budget=off total-timeout=off"), time);
    private final ReactorRetry retry = ReactorRetry.of(calls);
    private final ConnectException real = new ConnectException("real");
    private final AtomicInteger subscribed = new AtomicInteger();
    private final List<Long> requested = new ArrayList<>();

    /** Emits so many elements in each attempt, the attempt's number and theirs, and fails in the first two. */
    private Flux<Integer> failing(int elements) {
        return retry.flux(attempt -> {
            subscribed.incrementAndGet();
            Flux<Integer> stream = Flux.range(attempt.number() * 100, elements).doOnRequest(requested::add);
            return attempt.number() < 3 ? stream.concatWith(Flux.error(real)) : stream;
        });
    }

    @Test
    void flux_thatFailsTwice_emitsTheElementsOfAllAttempts() {
        StepVerifier.create(failing(2))
                .expectNext(100, 101)
                .then(() -> time.advance(Duration.ofMillis(100)))
                .expectNext(200, 201)
                .then(() -> time.advance(Duration.ofMillis(200)))
                .expectNext(300, 301)
                .verifyComplete();
    }

    @Test
    void flux_thatFailsForGood_emitsTheLastFailureAsItIs() {
        StepVerifier.create(retry.flux(Flux.error(real)))
                .then(time::runAll)
                .verifyErrorSatisfies(error -> assertThat(error).isSameAs(real));
        assertThat(real.getSuppressed()).isEmpty();
        assertThat(calls.counts().attempts()).isEqualTo(3);
    }

    @Test
    void flux_subscribedToAgain_makesANewCall() {
        Flux<Integer> flux = failing(1);
        for (int i = 1; i <= 3; i++) {
            StepVerifier.create(flux)
                    .then(time::runAll)
                    .expectNext(100, 200, 300)
                    .verifyComplete();
            assertThat(subscribed).hasValue(3 * i);
        }
        assertThat(calls.counts().calls()).isEqualTo(3);
    }

    /** Counts the items, and fails if there are more than requested. */
    private static final class Counting extends BaseSubscriber<Integer> {
        private final AtomicLong demand = new AtomicLong();
        private final List<Integer> elements = new ArrayList<>();
        private boolean completed;

        @Override
        protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}

        void requestMore(long n) {
            demand.addAndGet(n);
            request(n);
        }

        @Override
        protected void hookOnNext(Integer element) {
            elements.add(element);
            assertThat(demand.decrementAndGet()).isNotNegative();
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7})
    void demand_isNeverExceededAndIsKeptAcrossAttempts(int batch) {
        Counting subscriber = new Counting();
        failing(4).subscribe(subscriber);
        assertThat(subscriber.elements).as("nothing was requested").isEmpty();
        int most = 0;
        while (!subscriber.completed) {
            subscriber.requestMore(batch);
            most += batch;
            time.runAll();
            assertThat(subscriber.elements).hasSize(Math.min(most, 12));
        }
        assertThat(subscriber.elements).containsExactly(100, 101, 102, 103, 200, 201, 202, 203, 300, 301, 302, 303);
    }

    @Test
    void demand_whatAnAttemptDidNotUse_isRequestedFromTheNext() {
        StepVerifier.create(failing(2), 5)
                .expectNext(100, 101)
                .then(time::runAll)
                .expectNext(200, 201, 300)
                .thenRequest(7)
                .expectNext(301)
                .verifyComplete();
        assertThat(requested).containsExactly(5L, 3L, 1L, 7L);
    }

    @Test
    void demand_thatIsUnbounded_staysSo() {
        StepVerifier.create(failing(2))
                .thenAwait()
                .then(time::runAll)
                .expectNextCount(6)
                .verifyComplete();
        assertThat(requested).containsExactly(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    @Test
    void demand_madeInTheWait_isRequestedFromTheNextAttempt() {
        StepVerifier.create(failing(1), 1)
                .expectNext(100)
                .thenRequest(2)
                .then(time::runAll)
                .expectNext(200, 300)
                .verifyComplete();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void demand_thatIsNotPositive_isRefusedAndChangesNothing(long n) {
        Counting subscriber = new Counting();
        failing(2).subscribe(new BaseSubscriber<Integer>() {
            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
                try {
                    subscription.request(n);
                } catch (IllegalArgumentException refused) {
                    assertThat(refused).hasMessageContaining(String.valueOf(n));
                }
            }

            @Override
            protected void hookOnNext(Integer element) {
                subscriber.elements.add(element);
            }
        });
        time.runAll();
        assertThat(subscriber.elements).isEmpty();
    }

    @Test
    void cancel_inFlight_cancelsTheSourceAndSubscribesNoMore() {
        TestPublisher<Integer> source = TestPublisher.create();
        StepVerifier.create(retry.flux(attempt -> source.flux()))
                .then(() -> source.next(1))
                .expectNext(1)
                .thenCancel()
                .verify();
        time.runAll();
        source.assertCancelled(1);
        assertThat(source.subscribeCount()).isEqualTo(1);
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void cancel_inTheWait_subscribesNoMore() {
        StepVerifier.create(failing(1)).expectNext(100).thenCancel().verify();
        time.runAll();
        assertThat(subscribed).hasValue(1);
    }

    @Test
    void take_ofTheFirstElement_cancelsTheCallWithinOnNext() {
        StepVerifier.create(failing(5).take(1)).expectNext(100).verifyComplete();
        time.runAll();
        assertThat(subscribed).hasValue(1);
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void attempt_thatTakesTooLong_isCancelledAndWhatItStillEmitsIsDiscarded() {
        TestPublisher<Integer> slow = TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        List<Object> discarded = new ArrayList<>();
        ReactorRetry limited = ReactorRetry.of(Retry.of(RetryPolicy.parse("attempt-timeout=1s budget=off"), time));
        Flux<Integer> flux = limited.flux(attempt -> attempt.number() == 1 ? slow.flux() : Flux.just(2, 3))
                .doOnDiscard(Integer.class, discarded::add);
        StepVerifier.create(flux)
                .then(() -> slow.next(1))
                .expectNext(1)
                .then(time::runAll)
                .expectNext(2, 3)
                .verifyComplete();
        slow.assertCancelled(1);
        slow.next(9);
        assertThat(discarded).containsOnly(9);
    }

    @Test
    void context_ofTheSubscriber_isSeenByEveryAttempt() {
        List<String> seen = new ArrayList<>();
        Flux<Integer> flux = retry.flux(attempt -> Flux.deferContextual(context -> {
            seen.add(context.get("user"));
            return Flux.error(real);
        }));
        StepVerifier.create(flux.contextWrite(Context.of("user", "ada")))
                .then(time::runAll)
                .verifyError();
        assertThat(seen).containsExactly("ada", "ada", "ada");
    }

    @Test
    void nestedFluxes_ofThreeAttempts_subscribeThreeTimesAtTheBottom() {
        Flux<Integer> bottom = Flux.defer(() -> {
            subscribed.incrementAndGet();
            return Flux.error(new ConnectException("down"));
        });
        Flux<Integer> nested = bottom.transform(retry::flux)
                .concatMap(Flux::just)
                .transform(retry::flux)
                .transform(retry::flux);
        StepVerifier.create(nested).then(time::runAll).verifyError(ConnectException.class);
        assertThat(subscribed).hasValue(3);
    }

    @Test
    void source_thatThrowsOrIsNull_hasFailed() {
        StepVerifier.create(retry.flux(attempt -> {
                    throw new IllegalStateException("bug");
                }))
                .verifyErrorMessage("bug");
        StepVerifier.create(retry.flux(attempt -> null)).verifyErrorMessage("the source of this attempt is null");
    }

    @Test
    void classifierOfValues_isNotCalledForTheEndOfAStream() {
        RetryPolicy picky = RetryPolicy.parse("budget=off").toBuilder()
                .retryOnResult(Object.class, value -> true)
                .build();
        StepVerifier.create(ReactorRetry.of(Retry.of(picky, time)).flux(Flux.just(1, 2)))
                .expectNext(1, 2)
                .verifyComplete();
    }
}
