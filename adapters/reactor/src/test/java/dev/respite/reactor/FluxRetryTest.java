package dev.respite.reactor;

import static dev.respite.reactor.Received.COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

import dev.respite.Retry;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
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
        Received<Integer> received = Received.from(failing(2));
        assertThat(received.signals()).containsExactly(100, 101);
        time.advance(Duration.ofMillis(100));
        assertThat(received.signals()).containsExactly(100, 101, 200, 201);
        time.advance(Duration.ofMillis(200));
        assertThat(received.signals()).containsExactly(100, 101, 200, 201, 300, 301, COMPLETED);
    }

    @Test
    void flux_thatFailsForGood_emitsTheLastFailureAsItIs() {
        Received<Object> received = Received.from(retry.flux(Flux.error(real)));
        time.runAll();
        assertThat(received.signals()).containsExactly(real);
        assertThat(real.getSuppressed()).isEmpty();
        assertThat(calls.counts().attempts()).isEqualTo(3);
    }

    @Test
    void flux_subscribedToAgain_makesANewCall() {
        Flux<Integer> flux = failing(1);
        for (int i = 1; i <= 3; i++) {
            Received<Integer> received = Received.from(flux);
            time.runAll();
            assertThat(received.signals()).containsExactly(100, 200, 300, COMPLETED);
            assertThat(subscribed).hasValue(3 * i);
        }
        assertThat(calls.counts().calls()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7})
    void demand_isNeverExceededAndIsKeptAcrossAttempts(int batch) {
        Received<Integer> received = Received.from(failing(4), 0);
        for (int most = batch; most < 12; most += batch) {
            received.request(batch);
            time.runAll();
            assertThat(received.signals()).hasSize(most);
        }
        received.request(batch);
        time.runAll();
        assertThat(received.signals())
                .containsExactly(100, 101, 102, 103, 200, 201, 202, 203, 300, 301, 302, 303, COMPLETED);
    }

    @Test
    void demand_whatAnAttemptDidNotUse_isRequestedFromTheNext() {
        Received<Integer> received = Received.from(failing(2), 5);
        time.runAll();
        assertThat(received.signals()).containsExactly(100, 101, 200, 201, 300);
        received.request(7);
        assertThat(received.signals()).containsExactly(100, 101, 200, 201, 300, 301, COMPLETED);
        assertThat(requested).containsExactly(5L, 3L, 1L, 7L);
    }

    @Test
    void demand_thatIsUsedUp_isNotRequestedFromTheNextAttempt() {
        Received<Integer> received = Received.from(failing(2), 2);
        time.runAll();
        assertThat(subscribed).hasValue(2);
        assertThat(requested).containsExactly(2L);
        received.request(1);
        assertThat(requested).containsExactly(2L, 1L);
        assertThat(received.signals()).containsExactly(100, 101, 200);
    }

    @Test
    void demand_thatIsUnbounded_staysSo() {
        Received<Integer> received = Received.from(failing(2));
        time.runAll();
        assertThat(received.signals()).containsExactly(100, 101, 200, 201, 300, 301, COMPLETED);
        assertThat(requested).containsExactly(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    @Test
    void demand_madeInTheWait_isRequestedFromTheNextAttempt() {
        Received<Integer> received = Received.from(failing(1), 1);
        received.request(2);
        time.runAll();
        assertThat(received.signals()).containsExactly(100, 200, 300, COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void demand_thatIsNotPositive_isRefusedAndChangesNothing(long n) {
        List<Integer> elements = new ArrayList<>();
        failing(2).subscribe(new BaseSubscriber<Integer>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                try {
                    subscription.request(n);
                } catch (IllegalArgumentException refused) {
                    assertThat(refused).hasMessageContaining(String.valueOf(n));
                }
            }

            @Override
            protected void hookOnNext(Integer element) {
                elements.add(element);
            }
        });
        time.runAll();
        assertThat(elements).isEmpty();
    }

    @Test
    void cancel_inFlight_cancelsTheSourceAndSubscribesNoMore() {
        TestPublisher<Integer> source = TestPublisher.create();
        Received<Integer> received = Received.from(retry.flux(attempt -> source.flux()));
        source.next(1);
        received.cancel();
        time.runAll();
        assertThat(received.signals()).containsExactly(1);
        source.assertCancelled(1);
        assertThat(source.subscribeCount()).isEqualTo(1);
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void cancel_inTheWait_subscribesNoMore() {
        Received<Integer> received = Received.from(failing(1));
        received.cancel();
        time.runAll();
        assertThat(received.signals()).containsExactly(100);
        assertThat(subscribed).hasValue(1);
    }

    @Test
    void take_ofTheFirstElement_cancelsTheCallWithinOnNext() {
        Received<Integer> received = Received.from(failing(5).take(1));
        time.runAll();
        assertThat(received.signals()).containsExactly(100, COMPLETED);
        assertThat(subscribed).hasValue(1);
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void cancel_withinAnElementThatTheSourceEmitsAtOnce_endsTheSource(int successful) {
        List<Integer> emitted = new ArrayList<>();
        Received<Integer> received = Received.from(retry.flux(attempt -> attempt.number() < successful
                        ? Flux.<Integer>error(real)
                        : Flux.range(1, 9).doOnNext(emitted::add))
                .takeUntil(element -> true));
        time.runAll();
        assertThat(received.signals()).containsExactly(1, COMPLETED);
        assertThat(emitted).containsExactly(1);
    }

    @Test
    void cancel_whileALaterSourceIsBeingMade_requestsNothingOfIt() {
        TestPublisher<Integer> source = TestPublisher.create();
        List<Received<Integer>> subscriber = new ArrayList<>();
        subscriber.add(Received.from(retry.flux(attempt -> {
            if (attempt.number() == 1) {
                return Flux.error(real);
            }
            subscriber.get(0).cancel();
            return source.flux();
        })));
        time.runAll();
        source.assertWasNotRequested();
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void attempt_thatTakesTooLong_isCancelledAndWhatItStillEmitsIsDiscarded() {
        TestPublisher<Integer> slow = TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        List<Object> discarded = new ArrayList<>();
        ReactorRetry limited = ReactorRetry.of(Retry.of(RetryPolicy.parse("attempt-timeout=1s budget=off"), time));
        Flux<Integer> flux = limited.flux(attempt -> attempt.number() == 1 ? slow.flux() : Flux.just(2, 3))
                .doOnDiscard(Integer.class, discarded::add);
        Received<Integer> received = Received.from(flux);
        slow.next(1);
        time.runAll();
        assertThat(received.signals()).containsExactly(1, 2, 3, COMPLETED);
        slow.assertCancelled(1);
        slow.next(9);
        assertThat(discarded).containsOnly(9);
    }

    /** Emits one element to the first attempt, whose time is then over before the subscriber has done its work with it. */
    private Received<Integer> timedOutWithinAnElement(Consumer<BaseSubscriber<Integer>> then) {
        TestPublisher<Integer> slow = TestPublisher.create();
        RetryPolicy policy = RetryPolicy.parse("attempt-timeout=1s base-delay=100ms jitter=none budget=off");
        ReactorRetry limited = ReactorRetry.of(Retry.of(policy, time));
        List<Received<Integer>> subscriber = new ArrayList<>();
        Flux<Integer> flux = limited.flux(attempt -> {
            subscribed.incrementAndGet();
            return attempt.number() == 1 ? slow.flux() : Flux.just(2, 3);
        });
        subscriber.add(Received.from(flux.doOnNext(element -> {
            if (element == 1) {
                time.advance(Duration.ofMillis(1100));
                assertThat(subscribed).hasValue(1);
                then.accept(subscriber.get(0));
            }
        })));
        slow.next(1);
        return subscriber.get(0);
    }

    @Test
    void nextAttempt_whileTheSubscriberIsAtWorkWithAnElement_beginsAfterIt() {
        Received<Integer> received = timedOutWithinAnElement(subscriber -> {});
        assertThat(received.signals()).containsExactly(1, 2, 3, COMPLETED);
        assertThat(subscribed).hasValue(2);
    }

    @Test
    void cancel_whileTheNextAttemptWaitsForTheSubscriber_subscribesNoMore() {
        Received<Integer> received = timedOutWithinAnElement(BaseSubscriber::cancel);
        assertThat(received.signals()).containsExactly(1);
        assertThat(subscribed).hasValue(1);
    }

    @Test
    void subscriber_thatThrows_getsTheEndOfTheCall() {
        IllegalStateException bug = new IllegalStateException("bug");
        List<Object> ends = new ArrayList<>();
        Flux<Integer> flux = retry.flux(Flux.just(1, 2));
        flux.subscribe(new CoreSubscriber<Integer>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Integer element) {
                throw bug;
            }

            @Override
            public void onError(Throwable error) {
                ends.add(error);
            }

            @Override
            public void onComplete() {
                ends.add(COMPLETED);
            }
        });
        assertThat(ends).containsExactly(bug);
    }

    @Test
    void context_ofTheSubscriber_isSeenByEveryAttempt() {
        List<String> seen = new ArrayList<>();
        Flux<Integer> flux = retry.flux(attempt -> Flux.deferContextual(context -> {
            seen.add(context.get("user"));
            return Flux.error(real);
        }));
        Received<Integer> received = Received.from(flux.contextWrite(Context.of("user", "ada")));
        time.runAll();
        assertThat(received.signals()).containsExactly(real);
        assertThat(seen).containsExactly("ada", "ada", "ada");
    }

    @Test
    void nestedFluxes_ofThreeAttempts_subscribeThreeTimesAtTheBottom() {
        Flux<Integer> bottom = Flux.defer(() -> {
            subscribed.incrementAndGet();
            return Flux.error(real);
        });
        Flux<Integer> nested = bottom.transform(retry::flux)
                .concatMap(Flux::just)
                .transform(retry::flux)
                .transform(retry::flux);
        Received<Integer> received = Received.from(nested);
        time.runAll();
        assertThat(received.signals()).containsExactly(real);
        assertThat(subscribed).hasValue(3);
    }

    @Test
    void source_thatThrowsOrIsNull_hasFailed() {
        IllegalStateException bug = new IllegalStateException("bug");
        Received<Object> throwing = Received.from(retry.flux(attempt -> {
            throw bug;
        }));
        assertThat(throwing.signals()).containsExactly(bug);
        Received<Object> absent = Received.from(retry.flux(attempt -> null));
        assertThat(absent.signals()).singleElement(THROWABLE).hasMessage("the source of this attempt is null");
    }

    @Test
    void classifierOfValues_isNotCalledForTheEndOfAStream() {
        RetryPolicy picky = RetryPolicy.parse("budget=off").toBuilder()
                .classifier(outcome -> Verdict.transientError(ErrorKind.OTHER))
                .build();
        Retry judged = Retry.of(picky, time);
        Received<Integer> received = Received.from(ReactorRetry.of(judged).flux(Flux.just(1, 2)));
        time.runAll();
        assertThat(received.signals()).containsExactly(1, 2, COMPLETED);
        assertThat(judged.counts().ended(StopReason.ACCEPTED)).isEqualTo(1);
    }

    @Test
    void classifierOfValues_isCalledForAFailure() {
        RetryPolicy picky = RetryPolicy.parse("budget=off").toBuilder()
                .classifier(outcome -> outcome instanceof Outcome.Failure<?>
                        ? Verdict.fatal()
                        : Verdict.transientError(ErrorKind.OTHER))
                .build();
        Received<Object> received =
                Received.from(ReactorRetry.of(Retry.of(picky, time)).flux(Flux.error(real)));
        time.runAll();
        assertThat(received.signals()).containsExactly(real);
    }

    @Test
    void timeSource_thatThrows_isAnErrorOfTheFlux() {
        IllegalStateException bug = new IllegalStateException("no clock");
        Retry broken = Retry.withDefaults().withTime(new TimeSource.Forwarding() {
            @Override
            public TimeSource delegate() {
                throw bug;
            }
        });
        Received<Integer> received = Received.from(ReactorRetry.of(broken).flux(Flux.just(1)));
        assertThat(received.signals()).containsExactly(bug);
    }
}
