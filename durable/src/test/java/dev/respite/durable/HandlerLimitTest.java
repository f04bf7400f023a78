package dev.respite.durable;

import static dev.respite.durable.DurableFixture.PAYMENT;
import static dev.respite.durable.DurableFixture.eventually;
import static dev.respite.durable.DurableFixture.retry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.respite.durable.HandlerThreads.HandlerTimeoutException;
import dev.respite.testsupport.RealTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** Handlers of calls that are given up, which do not end. */
class HandlerLimitTest {

    private static final Duration LIMIT = Duration.ofMillis(150);
    private static final String ONCE = "max-attempts=1";
    private static final String MARKED = "attempts exhausted; its handler has failed";

    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    /** A handler whose thread has not ended would be a leak. */
    @AfterEach
    void end() {
        goesOn.countDown();
        eventually(() -> assertThat(ended).hasValue(begun.get()));
    }

    private DurableRetry start(
            DurableFixture fixture,
            String policy,
            UnaryOperator<DurableRetryBuilder> settings,
            ResultHandler<String, DeadLetter> handler) {
        return fixture.start(builder -> settings.apply(builder.handlerLimit(LIMIT)
                .task(PAYMENT, retry(policy), (data, context) -> {
                    throw new ConnectException("refused");
                })
                .onGivenUp(PAYMENT, (connection, data, letter, context) -> {
                    begun.incrementAndGet();
                    try {
                        TestStore.book(connection, data);
                        handler.store(connection, data, letter, context);
                    } finally {
                        ended.incrementAndGet();
                    }
                })));
    }

    /** Does not return from an interrupt. */
    private void ignoreInterrupts() {
        boolean isOpen = false;
        while (!isOpen) {
            try {
                goesOn.await();
                isOpen = true;
            } catch (InterruptedException ignored) {
                // It waits on.
            }
        }
    }

    private static void enqueue(DurableRetry durable, int calls) {
        for (int i = 0; i < calls; i++) {
            durable.queue().enqueue(PAYMENT, "order " + i);
        }
    }

    private static void assertMarked(DurableFixture fixture, int calls) {
        eventually(() -> assertThat(fixture.allLetters()).hasSize(calls));
        assertThat(fixture.allLetters()).allSatisfy(letter -> {
            assertThat(letter.reason()).isEqualTo(MARKED);
            assertThat(letter.attempts().lastError())
                    .startsWith("java.net.ConnectException")
                    .contains("; the handler: " + HandlerTimeoutException.class.getName());
        });
        assertThat(TestStore.tasks(fixture.dataSource)).isZero();
    }

    /** On a machine that stands still, the end of a call may not be written in time, and its handler begins again. */
    @OnEachStore
    void handler_thatBlocks_isInterruptedAndItsDeadLetterMarked(TestStore store) throws Exception {
        RealTime.assertOnce(() -> {
            eventually(() -> assertThat(ended).hasValue(begun.get()));
            begun.set(0);
            ended.set(0);
            assertInterruptedAndMarked(store);
        });
    }

    private void assertInterruptedAndMarked(TestStore store) throws Exception {
        try (DurableFixture fixture = new DurableFixture(store)) {
            AtomicBoolean blocks = new AtomicBoolean(true);
            DurableRetry durable = start(fixture, ONCE, builder -> builder, (connection, data, letter, context) -> {
                if (blocks.get()) {
                    goesOn.await();
                }
            });
            enqueue(durable, 12);
            assertMarked(fixture, 12);
            assertThat(begun).as("begun").hasValue(12);
            DeadLetter letter = fixture.allLetters().get(0);
            assertThat(letter.attempts().lastError())
                    .endsWith("the handler has not ended within PT0.15S, and was interrupted: set timeouts for what it"
                            + " waits for, or a longer attempt-timeout for its task");
            assertThat(TestStore.ledger(fixture.dataSource)).isEmpty();

            // On a loaded machine an interrupted handler may end after its grace.
            RealTime.assertOnce(() -> assertThatThrownBy(() -> durable.runGivenUpHandler(letter.letterId()))
                    .isInstanceOf(HandlerTimeoutException.class)
                    .satisfies(late ->
                            assertThat(late.getSuppressed()).singleElement().isInstanceOf(InterruptedException.class)));
            assertThat(fixture.letters().find(letter.letterId())).contains(letter);
            blocks.set(false);
            assertThat(durable.runGivenUpHandler(letter.letterId())).isTrue();
            assertThat(TestStore.ledger(fixture.dataSource)).hasSize(1);
        }
    }

    /** Two attempts at a time leave two threads of handlers beside their own. The pool has its connections back. */
    @OnEachStore
    void handlers_thatDoNotReturn_holdUpNoCallAndCommitNothing(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = start(
                    fixture,
                    ONCE,
                    builder -> builder.threads(2),
                    (connection, data, letter, context) -> ignoreInterrupts());
            enqueue(durable, 8);
            assertMarked(fixture, 8);
            assertThat(begun).hasValue(4);
            assertThat(ended).hasValue(0);
            // The pool has their connections back: only polls have one.
            HikariPoolMXBean pool = ((HikariDataSource) fixture.dataSource).getHikariPoolMXBean();
            eventually(() -> assertThat(pool.getActiveConnections()).isLessThan(4));
            assertThat(ended).hasValue(0);
            assertThat(fixture.allLetters())
                    .filteredOn(letter -> letter.attempts()
                            .lastError()
                            .contains("the handler was not begun: 4 handlers of this instance have not returned"))
                    .hasSize(4);
            goesOn.countDown();
            eventually(() -> assertThat(ended).hasValue(4));
            assertThat(TestStore.ledger(fixture.dataSource)).isEmpty();
            assertThat(TestStore.strings(fixture.dataSource, "SELECT task_name FROM respite_task_effect"))
                    .isEmpty();
            // Their threads are free again.
            enqueue(durable, 1);
            eventually(() -> assertThat(begun).hasValue(5));
            eventually(() -> assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 0"));
        }
    }

    /** The data source aborts nothing: the row of the call is gone when the handler goes on. */
    @OnEachStore
    void handler_thatGoesOnAfterItsLimit_cannotCommit(TestStore store) {
        UnaryOperator<javax.sql.DataSource> deaf = target -> Intercepted.dataSource(
                target,
                (method, call) -> method.equals("abort")
                                || (method.equals("close")
                                        && !Thread.currentThread().getName().equals("respite-durable-handler")
                                        && begun.get() == 1
                                        && ended.get() == 0
                                        && isAbandoning())
                        ? null
                        : call.call());
        try (DurableFixture fixture = new DurableFixture(store, deaf)) {
            DurableRetry durable =
                    start(fixture, ONCE, builder -> builder, (connection, data, letter, context) -> ignoreInterrupts());
            enqueue(durable, 1);
            assertMarked(fixture, 1);
            goesOn.countDown();
            eventually(() -> assertThat(ended).hasValue(1));
            durable.close();
            assertThat(TestStore.ledger(fixture.dataSource)).isEmpty();
            assertMarked(fixture, 1);
        }
    }

    private static boolean isAbandoning() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("abandon")));
    }

    @OnEachStore
    void handler_ofATaskWithALongerTimeoutOfAttempts_hasAsLong(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = start(
                    fixture,
                    ONCE + " attempt-timeout=20s",
                    builder -> builder,
                    (connection, data, letter, context) -> assertThat(
                                    goesOn.await(3 * LIMIT.toMillis(), TimeUnit.MILLISECONDS))
                            .isFalse());
            enqueue(durable, 1);
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            assertThat(fixture.allLetters().get(0).reason()).isEqualTo("attempts exhausted");
            assertThat(TestStore.ledger(fixture.dataSource)).containsExactly("order 0");
        }
    }

    @OnEachStore
    void handler_whoseInstanceIsStopped_isInterrupted(TestStore store) {
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = start(
                    fixture,
                    ONCE,
                    builder -> builder.handlerLimit(Duration.ofMinutes(5)).stopWait(Duration.ofMillis(50)),
                    (connection, data, letter, context) -> goesOn.await());
            enqueue(durable, 1);
            eventually(() -> assertThat(begun).hasValue(1));
            durable.close();
            eventually(() -> assertThat(ended).hasValue(1));
            eventually(() -> assertThat(fixture.allLetters()).hasSize(1));
            DeadLetter letter = fixture.allLetters().get(0);
            assertThat(letter.reason()).isEqualTo(MARKED);
            assertThat(letter.attempts().lastError()).endsWith("; the handler: java.lang.InterruptedException");
            assertThat(TestStore.ledger(fixture.dataSource)).isEmpty();
        }
    }

    @OnEachStore
    void handler_thatThrowsAnError_isNotRunAgain(TestStore store) {
        List<Throwable> failures = List.of(
                new StackOverflowError(), new java.util.concurrent.CancellationException(), new AssertionError());
        try (DurableFixture fixture = new DurableFixture(store)) {
            DurableRetry durable = start(fixture, ONCE, builder -> builder, (connection, data, letter, context) -> {
                Throwable failure = failures.get(Integer.parseInt(data.substring("order ".length())));
                if (failure instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) failure;
            });
            enqueue(durable, failures.size());
            eventually(() -> assertThat(fixture.allLetters()).hasSize(failures.size()));
            assertThat(begun).hasValue(failures.size());
            assertThat(fixture.allLetters())
                    .allSatisfy(letter -> assertThat(letter.reason()).isEqualTo(MARKED))
                    .extracting(letter -> letter.attempts().lastError().replaceFirst(".*the handler: ", ""))
                    .containsExactlyInAnyOrder(
                            "java.lang.StackOverflowError",
                            "java.util.concurrent.CancellationException",
                            "java.lang.AssertionError");
        }
    }
}
