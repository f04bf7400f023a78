package dev.respite.reactor;

import static dev.respite.reactor.Received.COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.outcome.Attempt;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** Values and errors that reach no subscriber: each is closed, discarded or dropped, once. */
class LostValuesTest {

    private final VirtualTime time = new VirtualTime();
    private final ConnectException real = new ConnectException("real");
    private final List<Object> closed = new ArrayList<>();
    private final List<Object> discarded = new ArrayList<>();
    private final List<Throwable> dropped = new ArrayList<>();
    private final List<Subscriber<? super Object>> attempts = new ArrayList<>();

    /** A value with a resource. */
    private final AutoCloseable resource = new AutoCloseable() {
        @Override
        public void close() {
            closed.add(this);
        }
    };

    @BeforeEach
    void keepDroppedErrors() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void resetTheHook() {
        Hooks.resetOnErrorDropped();
    }

    private Mono<Object> mono(RetryPolicy policy, Function<Attempt, Mono<Object>> source) {
        return ReactorRetry.of(Retry.of(policy, time)).mono(source).doOnDiscard(Object.class, discarded::add);
    }

    private static RetryPolicy policy(String settings) {
        return RetryPolicy.parse("base-delay=100ms jitter=none budget=off " + settings);
    }

    /** A source that emits when the test does so, even after it was cancelled. */
    private Mono<Object> onlyByHand() {
        return Mono.fromDirect(subscriber -> {
            subscriber.onSubscribe(Operators.emptySubscription());
            attempts.add(subscriber);
        });
    }

    /** The first attempt takes too long, the second fails, the third has a value. */
    private Subscriber<? super Object> attemptWhoseTimeIsUp(Driver driver) {
        Publisher<Object> retried =
                driver.publisher(Retry.of(policy("attempt-timeout=1s"), time), attempt -> switch (attempt.number()) {
                    case 1 -> onlyByHand();
                    case 2 -> Mono.error(real);
                    default -> Mono.just("value");
                });
        Received<Object> received = Received.from(Flux.from(retried).doOnDiscard(Object.class, discarded::add));
        time.runAll();
        assertThat(received.signals()).containsExactly("value", COMPLETED);
        assertThat(discarded).isEmpty();
        assertThat(dropped).isEmpty();
        return attempts.get(0);
    }

    @ParameterizedTest
    @EnumSource
    void value_ofAnAttemptWhoseTimeIsUp_isDiscarded(Driver driver) {
        attemptWhoseTimeIsUp(driver).onNext("late");
        assertThat(discarded).containsExactly("late");
    }

    @ParameterizedTest
    @EnumSource
    void resource_ofAnAttemptWhoseTimeIsUp_isClosed(Driver driver) {
        attemptWhoseTimeIsUp(driver).onNext(resource);
        assertThat(closed).containsExactly(resource);
        assertThat(discarded).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void resource_thatCannotBeClosed_isADroppedError(Driver driver) {
        IllegalStateException bug = new IllegalStateException("bug");
        AutoCloseable broken = () -> {
            throw bug;
        };
        attemptWhoseTimeIsUp(driver).onNext(broken);
        assertThat(dropped).containsExactly(bug);
    }

    @ParameterizedTest
    @EnumSource
    void error_ofAnAttemptWhoseTimeIsUp_isDropped(Driver driver) {
        IllegalStateException late = new IllegalStateException("late");
        attemptWhoseTimeIsUp(driver).onError(late);
        assertThat(dropped).containsExactly(late);
    }

    /** A source whose value comes while the subscriber cancels. */
    private static Mono<Object> valueDuringCancel(BaseSubscriber<Object> subscriber, Object value) {
        Publisher<Object> source = target -> target.onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                subscriber.cancel();
                target.onNext(value);
                target.onComplete();
            }

            @Override
            public void cancel() {}
        });
        return Mono.fromDirect(source);
    }

    private void cancelDuring(int attemptNumber, Object value) {
        BaseSubscriber<Object> subscriber = new BaseSubscriber<>() {};
        mono(
                        policy(""),
                        attempt -> attempt.number() < attemptNumber
                                ? Mono.error(real)
                                : valueDuringCancel(subscriber, value))
                .subscribe(subscriber);
        time.runAll();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void value_thatComesAsTheSubscriberCancels_isDiscarded(int attempt) {
        cancelDuring(attempt, "value");
        assertThat(discarded).containsExactly("value");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void resource_thatComesAsTheSubscriberCancels_isClosed(int attempt) {
        cancelDuring(attempt, resource);
        assertThat(closed).containsExactly(resource);
        assertThat(discarded).isEmpty();
    }

    /** The subscriber cancels while the value of an attempt is judged. */
    private void cancelWhileJudged(int attemptNumber, boolean isRejected, Object value) {
        BaseSubscriber<Object> subscriber = new BaseSubscriber<>() {};
        RetryPolicy judging = policy("").toBuilder()
                .retryOnResult(Object.class, judged -> {
                    subscriber.cancel();
                    return isRejected;
                })
                .build();
        mono(judging, attempt -> attempt.number() < attemptNumber ? Mono.error(real) : Mono.just(value))
                .subscribe(subscriber);
        time.runAll();
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "1, true", "2, true"})
    void value_whoseSubscriberCancelsWhileItIsJudged_isDiscarded(int attempt, boolean isRejected) {
        cancelWhileJudged(attempt, isRejected, "value");
        assertThat(discarded).containsExactly("value");
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "1, true", "2, true"})
    void resource_whoseSubscriberCancelsWhileItIsJudged_isClosed(int attempt, boolean isRejected) {
        cancelWhileJudged(attempt, isRejected, resource);
        assertThat(closed).containsExactly(resource);
        assertThat(discarded).isEmpty();
    }
}
