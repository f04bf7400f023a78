package dev.respite.reactor;

import static dev.respite.reactor.Received.COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.THROWABLE;

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
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
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
        Received<String> received = Received.from(failing(2));
        time.advance(Duration.ofMillis(299));
        assertThat(subscribed).hasValue(2);
        assertThat(received.signals()).isEmpty();
        time.advance(Duration.ofMillis(1));
        assertThat(received.signals()).containsExactly("value 3", COMPLETED);
        assertThat(calls.counts().ended(StopReason.ACCEPTED)).isEqualTo(1);
    }

    @Test
    void mono_thatFailsForGood_emitsTheLastFailureAsItIs() {
        Received<String> received = Received.from(failing(9));
        time.runAll();
        assertThat(received.signals()).containsExactly(real);
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
            Received<String> received = Received.from(mono);
            time.runAll();
            assertThat(received.signals()).containsExactly("value 3", COMPLETED);
            assertThat(subscribed).hasValue(3 * i);
            assertThat(calls.counts().calls()).isEqualTo(i);
        }
    }

    @Test
    void mono_ofTransform_subscribesToItsSourceAgain() {
        Mono<String> source =
                Mono.defer(() -> subscribed.incrementAndGet() < 3 ? Mono.error(real) : Mono.just("value"));
        Received<String> received = Received.from(source.transform(retry::mono));
        time.runAll();
        assertThat(received.signals()).containsExactly("value", COMPLETED);
    }

    @Test
    void emptyMono_completesEmpty() {
        assertThat(Received.from(retry.mono(Mono.empty())).signals()).containsExactly(COMPLETED);
        assertThat(calls.counts().ended(StopReason.ACCEPTED)).isEqualTo(1);
    }

    @Test
    void source_thatThrowsOrIsNull_hasFailed() {
        IllegalStateException bug = new IllegalStateException("bug");
        Received<Object> throwing = Received.from(retry.mono(attempt -> {
            throw bug;
        }));
        assertThat(throwing.signals()).containsExactly(bug);
        Received<Object> absent = Received.from(retry.mono(attempt -> null));
        assertThat(absent.signals()).singleElement(THROWABLE).hasMessage("the source of this attempt is null");
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
        Received<String> received = Received.from(mono);
        time.runAll();
        assertThat(received.signals()).containsExactly("good", COMPLETED);
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
    void cancel_whileTheSourceIsBeingMade_requestsNothingOfIt() {
        TestPublisher<String> source = TestPublisher.create();
        BaseSubscriber<String> subscriber = new BaseSubscriber<>() {};
        retry.mono(attempt -> {
                    subscriber.cancel();
                    return source.mono();
                })
                .subscribe(subscriber);
        time.runAll();
        source.assertWasNotRequested();
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void cancel_whileALaterSourceIsBeingMade_requestsNothingOfIt() {
        TestPublisher<String> source = TestPublisher.create();
        BaseSubscriber<String> subscriber = new BaseSubscriber<>() {};
        retry.mono(attempt -> {
                    if (attempt.number() == 1) {
                        return Mono.<String>error(real);
                    }
                    subscriber.cancel();
                    return source.mono();
                })
                .subscribe(subscriber);
        time.runAll();
        source.assertWasNotRequested();
        assertThat(calls.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void attempt_thatTakesTooLong_isCancelledAndTriedAgain() {
        TestPublisher<String> slow = TestPublisher.create();
        ReactorRetry limited = ReactorRetry.of(Retry.of(RetryPolicy.parse("attempt-timeout=1s budget=off"), time));
        Received<String> received =
                Received.from(limited.mono(attempt -> attempt.number() == 1 ? slow.mono() : Mono.just("value")));
        time.runAll();
        assertThat(received.signals()).containsExactly("value", COMPLETED);
        slow.assertCancelled(1);
    }

    @Test
    void attempts_thatTakeTooLong_endWithATimeout() {
        ReactorRetry limited = ReactorRetry.of(Retry.of(RetryPolicy.parse("total-timeout=1s budget=off"), time));
        Received<Object> received = Received.from(limited.mono(Mono.never()));
        time.runAll();
        assertThat(received.signals()).singleElement().isInstanceOf(TimeoutException.class);
    }

    @Test
    void context_ofTheSubscriber_isSeenByEveryAttempt() {
        List<String> seen = new ArrayList<>();
        Mono<String> mono = retry.mono(attempt -> Mono.deferContextual(context -> {
            seen.add(context.get("user"));
            return attempt.number() < 3 ? Mono.error(real) : Mono.just("value");
        }));
        Received<String> received = Received.from(mono.contextWrite(Context.of("user", "ada")));
        time.runAll();
        assertThat(received.signals()).containsExactly("value", COMPLETED);
        assertThat(seen).containsExactly("ada", "ada", "ada");
    }

    @Test
    void nestedMonos_ofThreeAttempts_subscribeThreeTimesAtTheBottom() {
        Mono<String> bottom = Mono.defer(() -> {
            subscribed.incrementAndGet();
            return Mono.error(real);
        });
        Mono<String> nested = bottom.transform(retry::mono)
                .map(String::trim)
                .transform(retry::mono)
                .flatMap(Mono::just)
                .transform(retry::mono);
        Received<String> received = Received.from(nested);
        time.runAll();
        assertThat(received.signals()).containsExactly(real);
        assertThat(subscribed).hasValue(3);
        assertThat(calls.counts().ended(StopReason.ALREADY_RETRIED)).isEqualTo(2);
    }

    @Test
    void nestedMono_thatIsSubscribedToLaterAndElsewhere_isFoundByTheContext() {
        Mono<String> bottom = Mono.defer(() -> {
            subscribed.incrementAndGet();
            return Mono.error(real);
        });
        Mono<Long> later = Mono.create(sink -> time.schedule(() -> sink.success(1L), 1_000_000));
        Mono<String> nested =
                later.flatMap(tick -> bottom.transform(retry::mono)).transform(retry::mono);
        Received<String> received = Received.from(nested);
        time.runAll();
        assertThat(received.signals()).containsExactly(real);
        assertThat(subscribed).hasValue(3);
    }

    @Test
    void unrelatedMonos_ofTheSameStaticException_areNotSuppressed() {
        for (int i = 1; i <= 2; i++) {
            Received<String> received = Received.from(failing(9));
            time.runAll();
            assertThat(received.signals()).containsExactly(real);
        }
        assertThat(subscribed).hasValue(6);
    }
}
