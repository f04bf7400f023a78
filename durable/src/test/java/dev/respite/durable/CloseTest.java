package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.awaitLatch;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.testsupport.RealTime;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The time that {@link DurableRetry#close} gives to attempts that run. */
class CloseTest {

    private static final String POLICY = "max-attempts=5 base-delay=1h jitter=none total-timeout=7d budget=off";
    private static final Duration STOP_WAIT = Duration.ofMillis(500);
    private static final Duration OTHER_THREADS = Duration.ofMillis(400);

    private final CountDownLatch goOn = new CountDownLatch(1);

    /** Returns an instance that runs a call. */
    private static DurableRetry running(DurableFixture fixture, DurableHandler<String> handler) {
        CountDownLatch runs = new CountDownLatch(1);
        DurableRetry durable =
                fixture.start(b -> b.stopWait(STOP_WAIT).task(PAYMENT, retry(POLICY), (data, context) -> {
                    runs.countDown();
                    handler.run(data, context);
                }));
        durable.queue().enqueue(PAYMENT, "order 17");
        awaitLatch(runs);
        return durable;
    }

    /** The default grace period is 30 s, and the rest of the application has to stop, too. */
    @Test
    void stopWait_byDefault_is20Seconds() {
        assertThat(DurableRetry.builder(TestStore.H2.emptied())
                        .settings()
                        .waits()
                        .stopWait())
                .isEqualTo(Duration.ofSeconds(20));
    }

    @OnEachStore
    void close_whileAnAttemptRuns_interruptsItAfterStopWait(TestStore store) throws Exception {
        RealTime.assertOnce(() -> {
            try (DurableFixture fixture = new DurableFixture(store)) {
                AtomicLong interruptedAt = new AtomicLong();
                DurableRetry durable = running(fixture, (data, context) -> {
                    try {
                        goOn.await();
                    } finally {
                        interruptedAt.set(System.nanoTime());
                    }
                });
                long start = System.nanoTime();
                durable.close();
                assertThat(Duration.ofNanos(interruptedAt.get() - start)).isGreaterThanOrEqualTo(STOP_WAIT);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isLessThanOrEqualTo(STOP_WAIT.plus(OTHER_THREADS));
            }
        });
    }

    @OnEachStore
    void close_whileAnAttemptIgnoresItsInterrupt_returnsAfterTwiceStopWait(TestStore store) throws Exception {
        RealTime.assertOnce(() -> {
            try (DurableFixture fixture = new DurableFixture(store)) {
                CountDownLatch end = new CountDownLatch(1);
                DurableRetry durable = running(fixture, (data, context) -> {
                    while (end.getCount() > 0) {
                        try {
                            end.await();
                        } catch (InterruptedException ignored) {
                            fixture.attempts.add(context);
                        }
                    }
                });
                long start = System.nanoTime();
                durable.close();
                Duration taken = Duration.ofNanos(System.nanoTime() - start);
                assertThat(fixture.attempts).hasSize(1);
                end.countDown();
                fixture.awaitIdle();
                assertThat(taken)
                        .isBetween(
                                STOP_WAIT.multipliedBy(2),
                                STOP_WAIT.multipliedBy(2).plus(OTHER_THREADS));
            }
        });
    }

    @OnEachStore
    void close_byAThreadThatIsInterrupted_letsTheAttemptEnd_andStaysInterrupted(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = fixture.start(b -> b.task(PAYMENT, retry(POLICY), (data, context) -> {
                fixture.attempts.add(context);
                goOn.await();
            }));
            durable.queue().enqueue(PAYMENT, "order 17");
            fixture.awaitAttempts(1);
            AtomicBoolean staysInterrupted = new AtomicBoolean();
            Thread closing = new Thread(() -> {
                Thread.currentThread().interrupt();
                durable.close();
                staysInterrupted.set(Thread.interrupted());
            });
            closing.start();
            eventually(() -> assertThat(closing.getState()).isEqualTo(Thread.State.TIMED_WAITING));
            goOn.countDown();
            closing.join();
            assertThat(staysInterrupted).isTrue();
            assertThat(TestStore.tasks(fixture.dataSource)).isZero();
        }
    }

    /** With the flag of the thread, this exception is an interruption; without it, a timeout. */
    @OnEachStore
    void close_thatInterruptsTheInputOfAnEffect_countsItAsLost(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            CountDownLatch runs = new CountDownLatch(1);
            DurableRetry durable = fixture.start(b -> b.stopWait(Duration.ofMillis(50))
                    .effect(PAYMENT, retry("max-attempts=1 budget=off"), (connection, data, context) -> {
                        TestStore.book(connection, data);
                        runs.countDown();
                        try {
                            goOn.await();
                        } catch (InterruptedException stopped) {
                            Thread.currentThread().interrupt();
                            throw new InterruptedIOException("during a transfer");
                        }
                    }));
            durable.queue().enqueue(PAYMENT, "order 17");
            awaitLatch(runs);
            durable.close();
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(fixture.allLetters().get(0).attempts().lastError())
                    .contains("the attempt was interrupted because its instance was stopped");
            assertThat(TestStore.ledger(fixture.dataSource)).isEmpty();
        }
    }

    private static Set<Thread> backgroundThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("respite-durable"))
                .collect(Collectors.toSet());
    }

    @Test
    void close_endsTheThreadsOfTheBackgroundWork() {
        try (DurableFixture fixture = new DurableFixture(TestStore.H2)) {
            Set<Thread> others = backgroundThreads();
            DurableRetry durable = fixture.start(b -> {});
            Set<Thread> own = backgroundThreads();
            own.removeAll(others);
            assertThat(own).isNotEmpty();
            durable.close();
            eventually(() -> assertThat(own).noneMatch(Thread::isAlive));
        }
    }

    @Test
    void start_again_isRejectedWithTheReason() {
        try (DurableFixture fixture = new DurableFixture(TestStore.H2)) {
            DurableRetry durable = fixture.start(b -> {});
            assertThatThrownBy(durable::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("this DurableRetry was started before: build another one");
            durable.close();
            assertThatThrownBy(durable::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("this DurableRetry was closed before: build another one");
            durable.wake();
            durable.close();
        }
    }
}
