package dev.respite.reactor;

import static dev.respite.reactor.Received.COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** Rule 12 in the drivers for Reactor: an interruption is not retried, a timeout of the same family of exceptions is. */
class Rule12InterruptionIsNotRetriedTest {

    private final VirtualTime time = new VirtualTime();
    private final Retry calls = Retry.of(RetryPolicy.parse("max-attempts=3 retry-on=any budget=off"), time);
    private final AtomicInteger subscribed = new AtomicInteger();

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    /** A timeout of a client that extends what an interrupted read throws. */
    private static final class ConnectionRequestTimeoutException extends InterruptedIOException {
        private static final long serialVersionUID = 1L;
    }

    private static Stream<Arguments> inEveryDriver(Throwable... errors) {
        return Stream.of(errors)
                .flatMap(error -> Stream.of(Driver.values()).map(driver -> Arguments.of(driver, error)));
    }

    static Stream<Arguments> timeouts() {
        return inEveryDriver(
                new InterruptedIOException("timeout"),
                new ConnectionRequestTimeoutException(),
                new UncheckedIOException(new ConnectionRequestTimeoutException()));
    }

    static Stream<Arguments> interruptions() {
        return inEveryDriver(
                new InterruptedException(),
                new ClosedByInterruptException(),
                new InterruptedIOException(),
                new IllegalStateException(new InterruptedException()));
    }

    @ParameterizedTest
    @MethodSource("timeouts")
    void source_thatTimesOut_isSubscribedToAgain(Driver driver, Throwable timeout) {
        Publisher<String> retried = driver.publisher(calls, attempt -> {
            subscribed.incrementAndGet();
            return attempt.number() < 3 ? Mono.error(timeout) : Mono.just("value");
        });
        Received<String> received = Received.from(retried);
        time.runAll();
        assertThat(received.signals()).containsExactly("value", COMPLETED);
        assertThat(subscribed).hasValue(3);
        assertThat(Thread.interrupted()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("interruptions")
    void source_thatWasInterrupted_isNotSubscribedToAgain(Driver driver, Throwable interruption) {
        Publisher<String> retried = driver.publisher(calls, attempt -> {
            subscribed.incrementAndGet();
            return Mono.error(interruption);
        });
        Received<String> received = Received.from(retried);
        time.runAll();
        assertThat(received.signals()).containsExactly(interruption);
        assertThat(subscribed).hasValue(1);
        assertThat(calls.counts().ended(StopReason.INTERRUPTED)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void flag_afterASourceThatThrewAnInterruptionHere_isSet(Driver driver) {
        IllegalStateException interruption = new IllegalStateException(new InterruptedException());
        Publisher<String> retried = driver.publisher(calls, attempt -> {
            throw Exceptions.propagate(interruption);
        });
        assertThat(Received.from(retried).signals()).containsExactly(interruption);
        assertThat(Thread.interrupted()).isTrue();
    }
}
