package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.respite.policy.RetryPolicy;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A call that succeeds at its first attempt makes no object. Bytes are counted, not time, so a busy machine changes nothing.
 */
class AllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int WARM_UP = 100_000;
    private static final int CALLS = 1_000_000;

    /** What {@code LongAdder} makes when threads first meet there is paid once; an object a call is 16 bytes at least. */
    private static final double MIN_BYTES_SEEN = 0.01;

    @ParameterizedTest
    @CsvSource({"total-timeout=off, 1", "total-timeout=off, 2", "'', 1", "'', 2"})
    void call_thatSucceedsAtOnce_allocatesNothing(String policy, int threads) throws Exception {
        Retry retry = Retry.of(RetryPolicy.parse(policy));
        Object result = new Object();
        Operation.Simple<Object, RuntimeException> operation = () -> result;

        assertThat(bytesPerCall(threads, () -> retry.call(operation)))
                .allSatisfy(bytes -> assertThat(bytes).isLessThan(MIN_BYTES_SEEN));
        assertThat(retry.counts().calls()).isEqualTo((long) threads * (WARM_UP + CALLS));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void everyForm_thatSucceedsAtOnce_allocatesNothing(Form form) throws Exception {
        Retry retry = Retry.withDefaults();
        assertThat(bytesPerCall(1, form.of(retry, BreakerPerAttempt.of(retry, new AlwaysClosed()))))
                .allSatisfy(bytes -> assertThat(bytes).isLessThan(MIN_BYTES_SEEN));
        assertThat(retry.counts().calls()).isEqualTo(WARM_UP + CALLS);
    }

    /** The entry points of blocking calls, each with work of its own kind. */
    enum Form {
        CALLABLE {
            @Override
            Runnable of(Retry retry, BreakerPerAttempt guarded) {
                Callable<Object> work = () -> VALUE;
                return () -> {
                    try {
                        retry.call(work);
                    } catch (Exception error) {
                        throw new AssertionError(error);
                    }
                };
            }
        },
        WITH_ATTEMPT {
            @Override
            Runnable of(Retry retry, BreakerPerAttempt guarded) {
                Operation<Object, RuntimeException> work = attempt -> VALUE;
                return () -> retry.callWithAttempt(work);
            }
        },
        RUN {
            @Override
            Runnable of(Retry retry, BreakerPerAttempt guarded) {
                Operation.Action<RuntimeException> work = () -> {};
                return () -> retry.run(work);
            }
        },
        CALLABLE_PAST_A_BREAKER {
            @Override
            Runnable of(Retry retry, BreakerPerAttempt guarded) {
                Callable<Object> work = () -> VALUE;
                return () -> {
                    try {
                        guarded.call(work);
                    } catch (Exception error) {
                        throw new AssertionError(error);
                    }
                };
            }
        },
        WITH_ATTEMPT_PAST_A_BREAKER {
            @Override
            Runnable of(Retry retry, BreakerPerAttempt guarded) {
                Operation<Object, RuntimeException> work = attempt -> VALUE;
                return () -> guarded.callWithAttempt(work);
            }
        };

        private static final Object VALUE = new Object();

        abstract Runnable of(Retry retry, BreakerPerAttempt guarded);
    }

    @ParameterizedTest
    @CsvSource({"total-timeout=off, 1", "total-timeout=off, 2", "'', 1", "'', 2"})
    void call_pastABreaker_thatSucceedsAtOnce_allocatesNothing(String policy, int threads) throws Exception {
        BreakerPerAttempt guarded = BreakerPerAttempt.of(Retry.of(RetryPolicy.parse(policy)), new AlwaysClosed());
        Object result = new Object();
        Operation.Simple<Object, RuntimeException> operation = () -> result;

        assertThat(bytesPerCall(threads, () -> guarded.call(operation)))
                .allSatisfy(bytes -> assertThat(bytes).isLessThan(MIN_BYTES_SEEN));
    }

    @ParameterizedTest
    @CsvSource({"total-timeout=off, 1", "total-timeout=off, 2", "'', 1", "'', 2"})
    void call_withAListenerThatCounts_allocatesNothing(String policy, int threads) throws Exception {
        Counting counting = new Counting();
        Retry retry = Retry.of(RetryPolicy.parse(policy))
                .withListener(counting)
                .withListener(RetryListener.logging())
                .withListener(RetryListener.NONE);
        Object result = new Object();
        Operation.Simple<Object, RuntimeException> operation = () -> result;

        assertThat(bytesPerCall(threads, () -> retry.call(operation)))
                .allSatisfy(bytes -> assertThat(bytes).isLessThan(MIN_BYTES_SEEN));
        assertThat(counting.successes.sum()).isEqualTo((long) threads * (WARM_UP + CALLS));
    }

    /** Counts first attempts that succeed. */
    private static final class Counting implements RetryListener {
        private final LongAdder successes = new LongAdder();

        @Override
        public Interest interest() {
            return Interest.COUNTS;
        }

        @Override
        public void on(RetryEvent event) {
            if (event instanceof RetryEvent.FirstAttemptSucceeded) {
                successes.increment();
            }
        }
    }

    /** The measurement itself sees an object. */
    @ParameterizedTest
    @CsvSource({"1", "2"})
    void measurement_ofOneObjectACall_seesIt(int threads) throws Exception {
        Object[] escape = new Object[1];
        assertThat(bytesPerCall(threads, () -> escape[0] = new Object()))
                .allSatisfy(bytes -> assertThat(bytes).isBetween(8.0, 24.0));
    }

    private static List<Double> bytesPerCall(int threads, Runnable call) throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch warm = new CountDownLatch(threads);
            List<Future<Double>> measured = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                measured.add(workers.submit(() -> {
                    allocatedBy(call, WARM_UP);
                    warm.countDown();
                    warm.await();
                    return allocatedBy(call, CALLS) / (double) CALLS;
                }));
            }
            List<Double> bytes = new ArrayList<>();
            for (Future<Double> each : measured) {
                bytes.add(each.get(60, TimeUnit.SECONDS));
            }
            return bytes;
        } finally {
            workers.shutdownNow();
        }
    }

    private static long allocatedBy(Runnable call, int times) {
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        for (int i = 0; i < times; i++) {
            call.run();
        }
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }
}
