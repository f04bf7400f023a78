package dev.respite.reactor;

import static dev.respite.reactor.Received.COMPLETED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.publisher.TestPublisher;

/** A stream that runs for the reset time: its attempts, its delays and its timeouts begin anew. */
class FluxResetTest {

    private static final Duration RESET = Duration.ofSeconds(30);
    private static final String POLICY = "max-attempts=2 base-delay=1s jitter=none ";

    private final VirtualTime time = new VirtualTime();
    private final List<TestPublisher<Integer>> streams = new ArrayList<>();
    private final List<Long> requested = new ArrayList<>();
    private final ConnectException real = new ConnectException("real");

    private Retry retry = Retry.withoutWarnings(RetryPolicy.parse(POLICY + "total-timeout=1m budget=off"), time);

    private Received<Integer> subscribe() {
        return subscribe(Long.MAX_VALUE);
    }

    private Received<Integer> subscribe(long demand) {
        return Received.from(
                ReactorRetry.of(retry).withResetAfter(RESET).flux(attempt -> {
                    TestPublisher<Integer> stream = TestPublisher.create();
                    streams.add(stream);
                    return stream.flux().doOnRequest(requested::add);
                }),
                demand);
    }

    private TestPublisher<Integer> newest() {
        return streams.get(streams.size() - 1);
    }

    /** Emits an element now and every ten seconds, until so many seconds have passed. */
    private void run(int seconds) {
        newest().next(0);
        for (int second = 10; second <= seconds; second += 10) {
            time.advance(Duration.ofSeconds(10));
            newest().next(second);
        }
    }

    @Test
    void flux_thatRunsLongEachTime_isRetriedForEver() {
        Received<Integer> received = subscribe();
        for (int cut = 1; cut <= 20; cut++) {
            run(40);
            newest().error(real);
            time.advance(Duration.ofSeconds(1));
            assertThat(streams).as("after one base delay").hasSize(cut + 1);
        }
        newest().complete();
        assertThat(received.signals()).hasSize(20 * 5 + 1).endsWith(COMPLETED);
    }

    @Test
    void flux_thatFailsBeforeTheTime_hasTheAttemptsOfOneCall() {
        Received<Integer> received = subscribe();
        run(20);
        newest().error(real);
        time.advance(Duration.ofSeconds(1));
        run(20);
        newest().error(real);
        time.runAll();
        assertThat(streams).hasSize(2);
        assertThat(received.signals()).hasSize(7).endsWith(real);
    }

    /** The time of an attempt counts from its first element, whatever the attempts before have taken. */
    @Test
    void flux_whoseSecondAttemptRunsLong_beginsAnew() {
        Received<Integer> received = subscribe();
        newest().error(real);
        time.advance(Duration.ofSeconds(1));
        run(30);
        newest().error(real);
        time.advance(Duration.ofSeconds(1));
        assertThat(streams).hasSize(3);
        newest().complete();
        assertThat(received.signals()).endsWith(COMPLETED);
    }

    @Test
    void totalTimeout_ofAStreamThatRuns_neverPasses() {
        Received<Integer> received = subscribe();
        run(3_600);
        assertThat(received.signals()).hasSize(361);
        assertThat(retry.counts().calls()).as("each is a call of its own").isEqualTo(120);
        newest().complete();
        assertThat(received.signals()).endsWith(COMPLETED);
        assertThat(streams).hasSize(1);
    }

    /** Its elements come while it is subscribed to, so that there is no call yet whose end could be awaited. */
    @Test
    void flux_thatEmitsAllAtOnce_beginsAnewToo() {
        AtomicInteger attempts = new AtomicInteger();
        Received<Integer> received =
                Received.from(ReactorRetry.of(retry).withResetAfter(RESET).flux(attempt -> {
                    attempts.incrementAndGet();
                    Flux<Integer> stream = Flux.range(0, 5).doOnNext(element -> time.advance(Duration.ofSeconds(10)));
                    return attempts.get() < 10 ? stream.concatWith(Flux.error(real)) : stream;
                }));
        time.runAll();
        assertThat(received.signals()).hasSize(51).endsWith(COMPLETED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 40})
    void totalTimeout_ofAStreamThatFallsSilent_endsIt(int running) {
        Received<Integer> received = subscribe();
        run(running);
        time.advance(Duration.ofSeconds(61));
        assertThat(received.signals())
                .last()
                .isInstanceOfSatisfying(TimeoutException.class, late -> newest().assertCancelled());
        assertThat(streams).hasSize(1);
    }

    @Test
    void attemptTimeout_ofAStreamThatFallsSilent_retriesIt() {
        retry = Retry.withoutWarnings(
                RetryPolicy.parse(POLICY + "budget=off total-timeout=off attempt-timeout=45s"), time);
        Received<Integer> received = subscribe();
        run(40);
        time.advance(Duration.ofSeconds(45 + 1));
        streams.get(0).assertCancelled();
        assertThat(streams).hasSize(2);
        run(40);
        newest().complete();
        assertThat(received.signals()).hasSize(11).endsWith(COMPLETED);
    }

    @Test
    void budget_doesNotBeginAnew() {
        retry = Retry.withoutWarnings(RetryPolicy.parse(POLICY + "total-timeout=1m budget=10%"), time);
        double full = retry.budget().retriesLeft();
        Received<Integer> received = subscribe();
        for (int cut = 1; cut <= 5; cut++) {
            run(30);
            newest().error(real);
            time.advance(Duration.ofSeconds(1));
        }
        assertThat(received.signals()).hasSize(20);
        assertThat(retry.budget().retriesLeft())
                .as("five retries, and a tenth of one for each call that has ended")
                .isBetween(full - 5, full - 4);
    }

    @Test
    void cancel_afterACallBeganAnew_endsTheStream() {
        Received<Integer> received = subscribe();
        run(40);
        received.cancel();
        newest().assertCancelled();
        time.runAll();
        assertThat(streams).hasSize(1);
        assertThat(retry.counts().calls()).isEqualTo(2);
    }

    @Test
    void demand_isKeptWhenACallBeginsAnew() {
        Received<Integer> received = subscribe(5);
        run(40);
        newest().error(real);
        time.advance(Duration.ofSeconds(1));
        received.request(2);
        assertThat(requested).containsExactly(5L, 2L);
        newest().next(1, 2).complete();
        assertThat(received.signals()).hasSize(8).endsWith(COMPLETED);
    }

    @ParameterizedTest
    @CsvSource({"0s, positive", "-1s, positive", "30s, total-timeout", "2m, longer timeouts"})
    void withResetAfter_aTimeThatCannotPass_isRejected(String after, String remedy) {
        Duration given = Duration.parse("PT" + after.toUpperCase(Locale.ROOT));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReactorRetry.of(Retry.withDefaults()).withResetAfter(given))
                .withMessageContaining(given.toString())
                .withMessageContaining(remedy);
    }

    /** The timer of the attempts and the thread that emits meet at every moment. One stream runs at a time, and none is left. */
    @Test
    void flux_whoseTimeIsUpWhenItBeginsAnew_hasOneStreamAtATime() throws InterruptedException {
        Retry hurried = Retry.withoutWarnings(
                RetryPolicy.parse("max-attempts=3 base-delay=1us jitter=none budget=off"
                        + " total-timeout=off attempt-timeout=2ms"),
                TimeSource.system());
        for (int round = 0; round < 100; round++) {
            AtomicInteger open = new AtomicInteger();
            AtomicInteger maximum = new AtomicInteger();
            CountDownLatch ended = new CountDownLatch(1);
            Flux<Integer> stream = ReactorRetry.of(hurried)
                    .withResetAfter(Duration.ofNanos(1_900_000))
                    .flux(attempt -> Flux.<Integer>generate(sink -> sink.next(1))
                            .doOnSubscribe(begun -> maximum.accumulateAndGet(open.incrementAndGet(), Math::max))
                            .doOnCancel(open::decrementAndGet)
                            .subscribeOn(Schedulers.boundedElastic()));
            stream.take(Duration.ofMillis(20))
                    .doFinally(end -> ended.countDown())
                    .subscribe(one -> {}, late -> {});
            assertThat(ended.await(30, TimeUnit.SECONDS)).as("it ends").isTrue();
            assertThat(maximum).hasValueLessThanOrEqualTo(1);
        }
    }
}
