package dev.respite.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Calls that live in the time of a scheduler: a real one, and the virtual one of StepVerifier. */
class SchedulerTimeTest {

    private static final RetryPolicy HOURLY =
            RetryPolicy.parse("backoff=fixed base-delay=1h max-delay=1h jitter=none total-timeout=off budget=off");

    private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

    /** A scheduler that runs none of its tasks. */
    private static class Idle implements Scheduler {
        private final List<Disposable> waits = new ArrayList<>();
        private volatile boolean isDisposed;

        @Override
        public Disposable schedule(Runnable work) {
            throw new UnsupportedOperationException("nothing is handed over here");
        }

        @Override
        public Disposable schedule(Runnable work, long delay, TimeUnit unit) {
            Disposable wait = Disposables.single();
            waits.add(wait);
            return wait;
        }

        @Override
        public boolean isDisposed() {
            return isDisposed;
        }

        @Override
        public void dispose() {
            isDisposed = true;
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException("nothing is handed over here");
        }
    }

    private final ConnectException real = new ConnectException("real");

    private Mono<String> failingTwice(Retry retry) {
        return ReactorRetry.of(retry).mono(attempt -> attempt.number() < 3 ? Mono.error(real) : Mono.just("value"));
    }

    @Test
    void virtualTime_ofStepVerifier_isTheTimeOfTheCall() {
        StepVerifier.withVirtualTime(() -> failingTwice(Retry.of(HOURLY, SchedulerTime.of(Schedulers.parallel()))))
                .expectSubscription()
                .expectNoEvent(Duration.ofHours(2).minusNanos(1))
                .thenAwait(Duration.ofNanos(1))
                .expectNext("value")
                .expectComplete()
                .verify(Duration.ofSeconds(30));
    }

    @Test
    void attempts_afterTheFirst_runOnTheScheduler() {
        Scheduler scheduler = Schedulers.newSingle("of-the-user");
        try {
            Retry retry = Retry.of(RetryPolicy.parse("base-delay=1ms budget=off"), SchedulerTime.of(scheduler));
            String thread = ReactorRetry.of(retry)
                    .mono(attempt -> attempt.number() < 2
                            ? Mono.<String>error(real)
                            : Mono.fromSupplier(() -> Thread.currentThread().getName()))
                    .block(Duration.ofSeconds(30));
            assertThat(thread).startsWith("of-the-user");
        } finally {
            scheduler.dispose();
        }
    }

    @Test
    void scheduler_thatIsDisposedOf_endsTheCallsThatWaitInIt() {
        Scheduler scheduler = Schedulers.newSingle("of-the-user");
        Retry retry = Retry.of(HOURLY, SchedulerTime.of(scheduler));
        CompletableFuture<String> call = failingTwice(retry).toFuture();
        assertThat(call).isNotDone();
        scheduler.dispose();
        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).hasCause(real);
        assertThat(retry.counts().ended(StopReason.EXECUTOR_REFUSED)).isEqualTo(1);
    }

    @Test
    void scheduler_thatIsGone_refusesTheWait() {
        Scheduler scheduler = Schedulers.newSingle("of-the-user");
        scheduler.dispose();
        Retry retry = Retry.of(HOURLY, SchedulerTime.of(scheduler));
        assertThatThrownBy(() -> failingTwice(retry).toFuture().get(30, TimeUnit.SECONDS))
                .hasCause(real);
        assertThat(retry.counts().ended(StopReason.EXECUTOR_REFUSED)).isEqualTo(1);
    }

    @Test
    void wait_droppedWhileItIsRejected_isReportedOnce() throws Exception {
        CountDownLatch dropped = new CountDownLatch(2);
        TimeSource.Task task = new TimeSource.Task() {
            @Override
            public void run() {}

            @Override
            public void rejected() {
                dropped.countDown();
            }
        };
        AtomicBoolean second = new AtomicBoolean();
        TimeSource time = SchedulerTime.of(new Idle() {
            @Override
            public Disposable schedule(Runnable work, long delay, TimeUnit unit) {
                if (second.getAndSet(true)) {
                    dispose();
                    await().until(() -> dropped.getCount() == 0);
                    throw new RejectedExecutionException("disposed of");
                }
                return super.schedule(work, delay, unit);
            }
        });
        time.schedule(task, 1);
        assertThat(time.schedule(task, 1)).isNotNull();
        assertThat(dropped.getCount()).isZero();
    }

    @Test
    void cancel_ofAWait_takesItOut() {
        Idle scheduler = new Idle();
        Retry retry = Retry.of(HOURLY, SchedulerTime.of(scheduler));
        Disposable call = failingTwice(retry).subscribe();
        assertThat(scheduler.waits).singleElement().returns(false, Disposable::isDisposed);
        call.dispose();
        assertThat(scheduler.waits).singleElement().returns(true, Disposable::isDisposed);
        assertThat(retry.counts().ended(StopReason.CANCELLED)).isEqualTo(1);
    }

    @Test
    void sleep_waitsAtLeastAsLongAsItSays() throws Exception {
        SchedulerTime time = SchedulerTime.of(Schedulers.parallel());
        long before = time.nanoTime();
        time.sleep(2_000_000);
        assertThat(time.nanoTime() - before).isGreaterThanOrEqualTo(2_000_000);
    }

    @Test
    void sleep_thatIsInterrupted_throwsAndTakesItsWaitOut() {
        Idle scheduler = new Idle() {
            @Override
            public Disposable schedule(Runnable work, long delay, TimeUnit unit) {
                Thread.currentThread().interrupt();
                return super.schedule(work, delay, unit);
            }
        };
        assertThatThrownBy(() -> SchedulerTime.of(scheduler).sleep(HOUR_NANOS))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(scheduler.waits).singleElement().returns(true, Disposable::isDisposed);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void sleep_ofAnInterruptedThread_throwsEvenWithoutAWait(long nanos) {
        Idle scheduler = new Idle();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> SchedulerTime.of(scheduler).sleep(nanos)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(scheduler.waits).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void sleep_ofNoTime_needsNoScheduler(long nanos) {
        Scheduler scheduler = Schedulers.newSingle("of-the-user");
        scheduler.dispose();
        SchedulerTime time = SchedulerTime.of(scheduler);
        assertThatCode(() -> time.sleep(nanos)).doesNotThrowAnyException();
        assertThatThrownBy(() -> time.sleep(1)).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void sleep_inASchedulerThatIsDisposedOf_isOver() {
        Idle scheduler = new Idle();
        CompletableFuture<Void> sleep = new CompletableFuture<>();
        Thread sleeper = new Thread(() -> {
            try {
                SchedulerTime.of(scheduler).sleep(HOUR_NANOS);
                sleep.complete(null);
            } catch (InterruptedException interrupted) {
                sleep.completeExceptionally(interrupted);
            }
        });
        sleeper.setDaemon(true);
        sleeper.start();
        scheduler.dispose();
        await().untilAsserted(() -> assertThat(sleep).isCompleted());
    }

    @Test
    void roll_isADifferentNumberEachTime() {
        SchedulerTime time = SchedulerTime.of(Schedulers.parallel());
        assertThat(DoubleStream.generate(time::roll).limit(20))
                .doesNotHaveDuplicates()
                .allMatch(roll -> roll >= 0 && roll < 1);
    }
}
