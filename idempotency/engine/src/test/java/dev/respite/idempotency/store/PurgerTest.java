package dev.respite.idempotency.store;

import static dev.respite.testsupport.ForeignFailures.foreign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.testsupport.LogLines;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntUnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PurgerTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final VirtualTime time = new VirtualTime();

    /** Returns a store that responds to {@code purge} only. */
    private static InterceptedStore purging(IntUnaryOperator purge) {
        return InterceptedStore.unavailable().withPurge(purge);
    }

    /** Answers each purge with the next of these, then with 0. */
    private static IdempotencyStore removing(List<Integer> requested, Integer... removed) {
        Deque<Integer> left = new ArrayDeque<>(Arrays.asList(removed));
        return purging(atMost -> {
            requested.add(atMost);
            return left.isEmpty() ? 0 : left.remove();
        });
    }

    /** A time with another executor. */
    private record Executing(TimeSource delegate, Executor executor) implements TimeSource.Forwarding {}

    @Test
    void round_fullBatches_goesOnUntilOneIsNot() {
        List<Integer> requested = new ArrayList<>();
        try (Purger purger = Purger.start(removing(requested, 100, 100, 7), MINUTE, 100, time)) {
            assertThat(requested).isEmpty();
            time.advance(MINUTE);
            assertThat(requested).containsExactly(100, 100, 100);
        }
    }

    @Test
    void rounds_areAnIntervalApart() {
        List<Integer> requested = new ArrayList<>();
        try (Purger purger = Purger.start(removing(requested), MINUTE, 100, time)) {
            time.advance(MINUTE.multipliedBy(10));
            assertThat(requested).hasSize(10);
        }
    }

    @Test
    void executorThatRefusesOnce_isLoggedAndDoesNotEndThePurges() {
        List<Integer> requested = new ArrayList<>();
        AtomicInteger rounds = new AtomicInteger();
        TimeSource refusing = new Executing(time, task -> {
            if (rounds.incrementAndGet() == 2) {
                throw new RejectedExecutionException("full");
            }
            task.run();
        });
        List<String> warnings = warnings(() -> {
            Purger purger = Purger.start(removing(requested), MINUTE, 100, refusing);
            time.advance(MINUTE.multipliedBy(5));
            purger.close();
            time.advance(MINUTE.multipliedBy(5));
        });
        assertThat(rounds).hasValue(5);
        assertThat(requested).hasSize(4);
        assertThat(warnings).singleElement().asString().contains("RejectedExecutionException");
    }

    @Test
    void executorThatRefusesAfterTheClose_schedulesNothing() {
        AtomicReference<Purger> purger = new AtomicReference<>();
        AtomicInteger rounds = new AtomicInteger();
        TimeSource ended = new Executing(time, task -> {
            rounds.incrementAndGet();
            purger.get().close();
            throw new RejectedExecutionException("shut down");
        });
        purger.set(Purger.start(removing(new ArrayList<>()), MINUTE, 100, ended));
        time.advance(MINUTE.multipliedBy(5));
        assertThat(rounds).hasValue(1);
    }

    @Test
    void round_manyRecords_warnsOnceUntilThereAreFewer() {
        Deque<Long> estimates = new ArrayDeque<>(List.of(10_000_000L, 10_000_001L, 20_000_000L, 9L, 11_000_000L));
        IdempotencyStore store =
                InterceptedStore.unavailable().withPurge(atMost -> 0).withEstimatedCount(estimates::remove);
        try (LogLines warnings = LogLines.of("dev.respite.idempotency");
                Purger purger = Purger.start(store, MINUTE, 100, time)) {
            time.advance(MINUTE.multipliedBy(5));
            assertThat(estimates).isEmpty();
            assertThat(warnings.all()).hasSize(2);
            assertThat(warnings.all().get(0)).contains("about 10000001 records of keys", "withMaxPerScope");
        }
    }

    @Test
    void round_thatFails_isLoggedWithoutTheMessageOfTheDatabase() {
        IdempotencyStore store = purging(atMost -> {
            SQLException failure = foreign(new SQLException("alice@example.com", "23505"));
            throw new StoreUnavailableException("no purge: " + failure.getMessage(), failure);
        });
        try (LogLines warnings = LogLines.of("dev.respite.idempotency");
                Purger purger = Purger.start(store, MINUTE, 100, time)) {
            time.advance(MINUTE);
            assertThat(warnings.all())
                    .singleElement()
                    .asString()
                    .endsWith(
                            "StoreUnavailableException: no purge: …; caused by java.sql.SQLException (SQLState 23505)");
        }
    }

    @Test
    void close_noRoundFollows() {
        AtomicInteger uses = new AtomicInteger();
        IdempotencyStore store = purging(atMost -> {
                    uses.incrementAndGet();
                    return 0;
                })
                .withEstimatedCount(uses::incrementAndGet);
        Purger purger = Purger.start(store, MINUTE, 100, time);
        time.advance(MINUTE);
        purger.close();
        time.advance(MINUTE.multipliedBy(10));
        assertThat(uses).hasValue(2);
    }

    @Test
    void close_duringARound_endsItAfterTheBatch() {
        List<Integer> requested = new ArrayList<>();
        AtomicReference<Purger> purger = new AtomicReference<>();
        IdempotencyStore store = purging(atMost -> {
            requested.add(atMost);
            purger.get().close();
            return atMost;
        });
        purger.set(Purger.start(store, MINUTE, 100, time));
        time.advance(MINUTE.multipliedBy(10));
        assertThat(requested).hasSize(1);
    }

    @Test
    void storeAway_isTriedAgainAndLoggedOnce() {
        List<Integer> requested = new ArrayList<>();
        IdempotencyStore store = purging(atMost -> {
            requested.add(atMost);
            throw new StoreUnavailableException("away", new RuntimeException("away"));
        });
        List<String> warnings = warnings(() -> {
            try (Purger purger = Purger.start(store, MINUTE, 100, time)) {
                time.advance(MINUTE.multipliedBy(5));
            }
        });
        assertThat(requested).hasSize(5);
        assertThat(warnings).singleElement().asString().contains("could not be purged", "away");
    }

    /** The virtual time runs a round on the thread that starts it, as an executor may. */
    @Test
    void round_error_isLoggedOnceAndRetriedOnceAnInterval() {
        List<Integer> requested = new ArrayList<>();
        IdempotencyStore store = purging(atMost -> {
            requested.add(atMost);
            throw new NoClassDefFoundError("Driver");
        });
        List<String> warnings = warnings(() -> {
            try (Purger purger = Purger.start(store, MINUTE, 100, time)) {
                time.advance(MINUTE.multipliedBy(5));
            }
        });
        assertThat(requested).hasSize(5);
        assertThat(warnings).singleElement().asString().contains("could not be purged", "NoClassDefFoundError");
    }

    /** The executor has a thread for each round, which ends with the exception. */
    @Test
    void round_logThatThrows_isRepeatedNevertheless() {
        AtomicInteger rounds = new AtomicInteger();
        TimeSource threads = new Executing(time, task -> {
            try {
                task.run();
            } catch (IllegalStateException fullDisk) {
                rounds.incrementAndGet();
            }
        });
        AtomicInteger purges = new AtomicInteger();
        IdempotencyStore store = purging(atMost -> {
            purges.incrementAndGet();
            throw InterceptedStore.noReply();
        });
        Handler broken = new Handler() {
            @Override
            public void publish(LogRecord line) {
                throw new IllegalStateException("the disk is full");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger("dev.respite.idempotency");
        logger.addHandler(broken);
        try (Purger purger = Purger.start(store, MINUTE, 100, threads)) {
            time.advance(MINUTE.multipliedBy(3));
        } finally {
            logger.removeHandler(broken);
        }
        assertThat(rounds).hasValue(1);
        assertThat(purges).hasValue(3);
    }

    @Test
    void failure_afterASuccess_isLoggedAgain() {
        Deque<Boolean> replies = new ArrayDeque<>(List.of(false, false, true, false, true));
        IdempotencyStore store = purging(atMost -> {
            if (replies.isEmpty() || replies.remove()) {
                return 0;
            }
            throw InterceptedStore.noReply();
        });
        List<String> warnings = warnings(() -> {
            try (Purger purger = Purger.start(store, MINUTE, 100, time)) {
                time.advance(MINUTE.multipliedBy(6));
            }
        });
        assertThat(warnings).hasSize(2);
    }

    @Test
    void close_whileTheNextRoundIsScheduled_usesTheStoreNoMore() {
        AtomicReference<Purger> purger = new AtomicReference<>();
        AtomicInteger uses = new AtomicInteger();
        IdempotencyStore store = purging(atMost -> uses.incrementAndGet()).withEstimatedCount(uses::incrementAndGet);
        TimeSource closing = new TimeSource.Forwarding() {
            @Override
            public TimeSource delegate() {
                return time;
            }

            @Override
            public Future<?> schedule(Task task, long delayNanos) {
                if (uses.get() > 0) {
                    purger.get().close();
                }
                return time.schedule(task, delayNanos);
            }
        };
        purger.set(Purger.start(store, MINUTE, 100, closing));
        time.advance(MINUTE.multipliedBy(10));
        assertThat(uses).hasValue(2);
    }

    /** On system time it holds no thread between rounds and does not keep the process alive. */
    @Test
    void start_onSystemTime_purgesOnADaemon() throws InterruptedException {
        CountDownLatch purged = new CountDownLatch(2);
        AtomicReference<Thread> thread = new AtomicReference<>();
        IdempotencyStore store = purging(atMost -> {
            thread.set(Thread.currentThread());
            purged.countDown();
            return 0;
        });
        try (Purger purger = Purger.start(store, Duration.ofMillis(1), 100, TimeSource.system())) {
            assertThat(purged.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(thread.get().isDaemon()).isTrue();
    }

    /** As {@code start(store)} does, which waits for up to a minute. */
    @Test
    void round_onDaemons_hasAThreadOfItsOwnWithoutAClassLoader() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        IdempotencyStore store = purging(atMost -> {
            thread.complete(Thread.currentThread());
            return 0;
        });
        try (Purger purger = Purger.start(store, Duration.ofMillis(1), 100, TimeSource.on(Purger.daemons()))) {
            Thread round = await().until(() -> thread.getNow(null), Objects::nonNull);
            assertThat(round.getName()).isEqualTo("respite-purger");
            assertThat(round.isDaemon()).isTrue();
            assertThat(round.getContextClassLoader()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.001S", "PT24H"})
    void start_intervalAtTheEndsOfItsRange_purgesAfterIt(Duration interval) {
        List<Integer> requested = new ArrayList<>();
        try (Purger purger = Purger.start(removing(requested, 1, 1), interval, 1, time)) {
            time.advance(interval);
            assertThat(requested).containsExactly(1, 1, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT24H0.001S", "PT0.000999999S"})
    void start_intervalOutOfItsRange_isRejected(Duration interval) {
        assertThatThrownBy(() -> Purger.start(removing(new ArrayList<>()), interval, 100, time))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it must be 1 ms to 1 day");
    }

    @Test
    void start_batchOfNone_isRejected() {
        assertThatThrownBy(() -> Purger.start(removing(new ArrayList<>()), MINUTE, 0, time))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("batch 0");
    }

    private static List<String> warnings(Runnable task) {
        try (LogLines logged = LogLines.of("dev.respite.idempotency")) {
            task.run();
            return logged.all();
        }
    }
}
