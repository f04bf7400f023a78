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
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;

/** A Mono that is tried again: a call for each subscriber, the original failure, and nothing that goes on after its end. */
class MonoRetryTest {

    private final VirtualTime time = new VirtualTime();
    private final Retry calls = Retry.of(RetryPolicy.parse("base-delay=100ms jitter=none budget=off"), time);
    private final ReactorRetry retry = ReactorRetry.of(calls);
    private final ConnectException real = new ConnectException("real");
    private final AtomicInteger subscribed = new AtomicInteger();

    /** Fails so many times for each subscriber, then has a value. */
    private Mono<String> failing(int times) {
        return retry.mono(attempt -> {
            subscribed.incrementAndGet();
            return attempt.number() <= times ? Mono.error(real) : Mono.just("value " + attempt.number());
        });
    }

    @Test
    void mono_thatFailsTwice_emitsTheValueOfTheThirdAttemptAfterTheWaits() {
        StepVerifier.create(failing(2))
                .then(() -> time.advance(Duration.ofMillis(299)))
                .then(() -> assertThat(subscribed).hasValue(2))
                .then(() -> time.advance(Duration.ofMillis(1)))
                .expectNext("value 3")
                .verifyComplete();
        assertThat(calls.counts().ended(StopReason.ACCEPTED)).isEqualTo(1);
    }

    @Test
    void mono_thatFailsForGood_emitsTheLastFailureAsItIs() {
        StepVerifier.create(failing(9))
                .then(time::runAll)
                .verifyErrorSatisfies(error -> assertThat(error).isSameAs(real));
        assertThat(real.getSuppressed()).isEmpty();
        assertThat(subscribed).hasValue(3);
    }

    @Test
    void mono_withoutASubscriber_doesNothing() {
        Mono<String> assembled = failing(0);
        assertThat(assembled).isNotNull();
        assertThat(subscribed).hasValue(0);
        assertThat(calls.counts().calls()).isZero();
    }

    @Test
    void mono_subscribedToAgain_makesANewCallWithAllItsAttempts() {
        Mono<String> mono = failing(2);
        for (int i = 1; i <= 3; i++) {
            StepVerifier.create(mono).then(time::runAll).expectNext("value 3").verifyComplete();
            assertThat(subscribed).hasValue(3 * i);
            assertThat(calls.counts().calls()).isEqualTo(i);
        }
    }

    @Test
    void mono_ofTransform_subscribesToItsSourceAgain() {
        Mono<String> source =
                Mono.defer(() -> subscribed.incrementAndGet() < 3 ? Mono.error(real) : Mono.just("value"));
        StepVerifier.create(source.transform(retry::mono))
                .then(time::runAll)
                .expectNext("value")
                .verifyComplete();
    }

    @Test
    void emptyMono_completesEmpty() {
        StepVerifier.create(retry.mono(Mono.empty())).verifyComplete();
        assertThat(calls.counts().ended(StopReason.ACCEPTED)).isEqualTo(1);
    }

    @Test
    void source_thatThrowsOrIsNull_hasFailed() {
        StepVerifier.create(retry.mono(attempt -> {
                    throw new IllegalStateException("bug");
                }))
                .verifyErrorMessage("bug");
        StepVerifier.create(retry.mono(attempt -> null)).verifyErrorMessage("the source of this attempt is null");
    }

    @Test
    void valueThatIsRejected_isTriedAgainAndMeetsTheDiscardHook() {
        RetryPolicy picky = RetryPolicy.parse("budget=off").toBuilder()
                .retryOnResult(String.class, "bad"::equals)
                .build();
        List<Object> discarded = new ArrayList<>();
        Mono<String> mono = ReactorRetry.of(Retry.of(picky, time))
                .mono(attempt -> Mono.just(attempt.number() < 3 ? "bad" : "good"))
                .contextWrite(Context.of("x", "y"))
                .doOnDiscard(String.class, discarded::add);
        StepVerifier.create(mono).then(time::runAll).expectNext("good").verifyComplete();
        assertThat(discarded).containsExactly("bad", "bad");
    }

    @Test
    void cancel_inFlight_cancelsTheSourceAndSubscribesNoMore() {
        TestPublisher<String> source = TestPublisher.create();
        Disposable call = retry.mono(attempt -> source.mono()).subscribe();
        source.assertWasSubscribed();
        call.dispose();
        source.assertCancelled(1);
        time.runAll();
        assertThat(source.subscribeCount()).isEqualTo(1);
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void cancel_inTheWait_subscribesNoMore() {
        Disposable call = failing(9).subscribe();
        call.dispose();
        time.runAll();
        assertThat(subscribed).hasValue(1);
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void cancel_whileTheSourceIsBeingMade_cancelsIt() {
        TestPublisher<String> source = TestPublisher.create();
        List<Disposable> call = new ArrayList<>();
        Sinks.One<String> start = Sinks.one();
        call.add(start.asMono()
                .flatMap(go -> retry.mono(attempt -> {
                    call.get(0).dispose();
                    return source.mono();
                }))
                .subscribe());
        start.tryEmitValue("go");
        time.runAll();
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
        if (source.subscribeCount() > 0) {
            source.assertCancelled();
        }
    }

    @Test
    void value_thatComesAsTheSubscriberCancels_isClosed() {
        AtomicInteger closed = new AtomicInteger();
        AutoCloseable value = closed::incrementAndGet;
        BaseSubscriber<AutoCloseable> subscriber = new BaseSubscriber<>() {};
        Publisher<AutoCloseable> late = target -> target.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                subscriber.cancel();
                target.onNext(value);
                target.onComplete();
            }

            @Override
            public void cancel() {}
        });
        retry.mono(attempt -> Mono.fromDirect(late)).subscribe(subscriber);
        assertThat(closed).hasValue(1);
    }

    @Test
    void attempt_thatTakesTooLong_isCancelledAndTriedAgain() {
        TestPublisher<String> slow = TestPublisher.create();
        ReactorRetry limited = ReactorRetry.of(Retry.of(RetryPolicy.parse("attempt-timeout=1s budget=off"), time));
        StepVerifier.create(limited.mono(attempt -> attempt.number() == 1 ? slow.mono() : Mono.just("value")))
                .then(time::runAll)
                .expectNext("value")
                .verifyComplete();
        slow.assertCancelled(1);
    }

    @Test
    void attempts_thatTakeTooLong_endWithATimeout() {
        ReactorRetry limited = ReactorRetry.of(Retry.of(RetryPolicy.parse("total-timeout=1s budget=off"), time));
        StepVerifier.create(limited.mono(Mono.never())).then(time::runAll).verifyError(TimeoutException.class);
    }

    @Test
    void context_ofTheSubscriber_isSeenByEveryAttempt() {
        List<String> seen = new ArrayList<>();
        Mono<String> mono = retry.mono(attempt -> Mono.deferContextual(context -> {
            seen.add(context.get("user"));
            return attempt.number() < 3 ? Mono.error(real) : Mono.just("value");
        }));
        StepVerifier.create(mono.contextWrite(Context.of("user", "ada")))
                .then(time::runAll)
                .expectNext("value")
                .verifyComplete();
        assertThat(seen).containsExactly("ada", "ada", "ada");
    }

    @Test
    void nestedMonos_ofThreeAttempts_subscribeThreeTimesAtTheBottom() {
        Mono<String> bottom = Mono.defer(() -> {
            subscribed.incrementAndGet();
            return Mono.error(new ConnectException("down"));
        });
        Mono<String> nested = bottom.transform(retry::mono)
                .map(String::trim)
                .transform(retry::mono)
                .flatMap(Mono::just)
                .transform(retry::mono);
        StepVerifier.create(nested).then(time::runAll).verifyError(ConnectException.class);
        assertThat(subscribed).hasValue(3);
        assertThat(calls.counts().ended(StopReason.ALREADY_RETRIED)).isEqualTo(2);
    }

    @Test
    void nestedMono_thatIsSubscribedToLaterAndElsewhere_isFoundByTheContext() {
        Mono<String> bottom = Mono.defer(() -> {
            subscribed.incrementAndGet();
            return Mono.error(new ConnectException("down"));
        });
        Mono<Long> later = Mono.create(sink -> time.schedule(() -> sink.success(1L), 1_000_000));
        Mono<String> nested =
                later.flatMap(tick -> bottom.transform(retry::mono)).transform(retry::mono);
        StepVerifier.create(nested).then(time::runAll).verifyError(ConnectException.class);
        assertThat(subscribed).hasValue(3);
    }

    @Test
    void unrelatedMonos_ofTheSameStaticException_areNotSuppressed() {
        StepVerifier.create(failing(9)).then(time::runAll).verifyError();
        StepVerifier.create(failing(9)).then(time::runAll).verifyError();
        assertThat(subscribed).hasValue(6);
    }
}
