package dev.respite;

import static dev.respite.NestedRetriesFixture.THREE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFact.HttpStatus;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rule 23: nested retries do not multiply; a give-up that was never nested is not suppressed. */
class Rule23NestedRetriesDoNotMultiplyTest {

    private final NestedRetriesFixture fixture = new NestedRetriesFixture();
    private final VirtualTime time = fixture.time;
    private final Recorder listener = fixture.listener;
    private final Retry inner = fixture.inner;
    private final Retry middle = fixture.middle;
    private final Retry outer = fixture.outer;
    private final AtomicInteger bottom = fixture.bottom;

    /** One object for all, as some libraries have them. */
    private final ConnectException shared = new ConnectException("the same for all");

    @Test
    void failure_thatStatesThatItWasRetried_isNotRetriedAgain() {
        StatingException marked = new StatingException(new HttpStatus(503), FailureFact.Condition.ALREADY_RETRIED);
        assertThatThrownBy(() -> outer.call(() -> {
                    bottom.incrementAndGet();
                    throw new IllegalStateException(marked);
                }))
                .hasCause(marked);
        assertThat(bottom).hasValue(1);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
        assertThat(NestedRetries.hasGivenUp(marked)).isTrue();
        assertThat(NestedRetries.hasGivenUp(new StatingException(new HttpStatus(503))))
                .isFalse();
    }

    @Test
    void failure_thatStatesThatItWasRetried_isRetriedWhereThePolicySaysSo() {
        Retry stubborn = Retry.of(
                RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off total-timeout=off nested=retry"), time);
        assertThatThrownBy(() -> stubborn.call(() -> {
                    bottom.incrementAndGet();
                    throw new StatingException(new HttpStatus(503), FailureFact.Condition.ALREADY_RETRIED);
                }))
                .isInstanceOf(StatingException.class);
        assertThat(bottom).hasValue(3);
    }

    @Test
    void call_inThreeLayersOfThree_runsThreeTimes() {
        assertThatThrownBy(() -> outer.call(() -> middle.call(() -> inner.call(fixture::fails))))
                .isInstanceOf(ConnectException.class);
        assertThat(bottom).hasValue(3);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
        assertThat(outer.counts().attempts()).isEqualTo(1);
        assertThat(middle.counts().ended(StopReason.ALREADY_RETRIED)).isEqualTo(1);
        assertThat(inner.counts().ended(StopReason.ATTEMPTS_EXHAUSTED)).isEqualTo(1);
    }

    /** A retry of the outer call would reach the server as a first attempt. */
    @Test
    void failure_whoseFurtherRetryTheServerForbids_isNotRetriedAgain() {
        assertThatThrownBy(() -> outer.call(() -> forbidding(2).call(fixture::fails)))
                .isInstanceOf(ConnectException.class);
        assertThat(bottom).hasValue(2);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }

    @Test
    void failure_whoseFirstRetryTheServerForbids_isUpToTheOuterCall() {
        assertThatThrownBy(() -> outer.call(() -> forbidding(1).call(fixture::fails)))
                .isInstanceOf(ConnectException.class);
        assertThat(bottom).hasValue(3);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    /** A call to a server that forbids a retry after so many attempts. */
    private Retry forbidding(int attempts) {
        AtomicInteger made = new AtomicInteger();
        return inner.driver()
                .withClassifier(outcome -> made.incrementAndGet() < attempts
                        ? Verdict.transientError(ErrorKind.CONNECT)
                        : Verdict.fatal(StopReason.RETRY_FORBIDDEN_BY_SERVER, ErrorKind.CONNECT));
    }

    @Test
    void call_aroundAWrapperOfTheFailure_findsItAmongTheCauses() {
        assertThatThrownBy(() -> Retry.of(RetryPolicy.parse("max-attempts=3 retry-on=any"), time)
                        .call(() -> {
                            try {
                                return inner.call(fixture::fails);
                            } catch (IOException e) {
                                throw new IllegalStateException("wrapped", e);
                            }
                        }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(bottom).hasValue(3);
    }

    @Test
    void callAsync_inThreeLayersOfThree_runsThreeTimes() {
        CompletableFuture<String> result = outer.callAsync(() -> middle.callAsync(
                        () -> inner.callAsync(fixture::failsLater).thenApply(String::trim))
                .thenApply(String::trim));
        time.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThat(bottom).hasValue(3);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }

    @Test
    void callAsync_aroundBlockingCalls_runsThreeTimes() {
        CompletableFuture<String> result =
                outer.callAsync(() -> CompletableFuture.completedFuture(middle.call(() -> inner.call(fixture::fails))));
        time.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThat(bottom).hasValue(3);
    }

    @Test
    void call_thatWaitsForAsynchronousCalls_runsThreeTimes() {
        Retry real = Retry.of(THREE);
        assertThatThrownBy(() -> real.call(() -> {
                    CompletableFuture<String> result = Retry.of(THREE).callAsync(() -> {
                        bottom.incrementAndGet();
                        return CompletableFuture.failedFuture(new ConnectException("down"));
                    });
                    return result.get(10, TimeUnit.SECONDS);
                }))
                .isInstanceOf(ExecutionException.class);
        assertThat(bottom).hasValue(3);
    }

    @Test
    void call_whoseAttemptRunsInAnExecutor_runsThreeTimesIfItIsCarriedThere() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Callable<String> work = () -> inner.call(fixture::fails);
            assertThatThrownBy(() -> outer.call(() -> {
                        FutureTask<String> task = new FutureTask<>(work);
                        pool.execute(NestedRetries.propagate(task));
                        return task.get();
                    }))
                    .isInstanceOf(ExecutionException.class);
            assertThat(bottom).as("carried").hasValue(3);
            assertThatThrownBy(() -> outer.call(() -> pool.submit(work).get())).isInstanceOf(ExecutionException.class);
            assertThat(bottom).as("not carried").hasValue(3 + 9);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void callAsync_whoseAttemptGoesOnInAnExecutor_runsThreeTimesIfItIsCarriedThere() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Retry real = Retry.of(THREE, TimeSource.on(pool));
            CompletableFuture<String> result = real.callAsync(() -> {
                CompletableFuture<String> made = new CompletableFuture<>();
                pool.execute(NestedRetries.propagate(() -> {
                    CompletableFuture<Boolean> unused = real.callAsync(() -> {
                                bottom.incrementAndGet();
                                return CompletableFuture.<String>failedFuture(new ConnectException("down"));
                            })
                            .handle((value, error) -> made.completeExceptionally(error));
                }));
                return made;
            });
            assertThatThrownBy(() -> result.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ConnectException.class);
            assertThat(bottom).hasValue(3);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void call_afterManyThatGaveUp_knowsTheNewestOnly() {
        List<ConnectException> failures =
                Stream.generate(ConnectException::new).limit(9).toList();
        AtomicInteger next = new AtomicInteger();
        assertThatThrownBy(() -> outer.call(() -> {
                    for (ConnectException failure : failures) {
                        assertThatThrownBy(() -> inner.call(Script.of(failure))).isSameAs(failure);
                    }
                    throw failures.get(next.getAndIncrement());
                }))
                .isSameAs(failures.get(1));
        assertThat(next).hasValue(2);
    }

    @Test
    void callAsync_whoseContextIsCarried_findsBlockingCallsOfLaterAttempts() {
        AtomicInteger outerAttempts = new AtomicInteger();
        CompletableFuture<String> result = outer.withContext(NestedRetries::propagate)
                .callAsync(() -> {
                    if (outerAttempts.incrementAndGet() == 1) {
                        throw new ConnectException("before there is anything nested");
                    }
                    return CompletableFuture.completedFuture(middle.call(() -> inner.call(fixture::fails)));
                });
        time.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThat(outerAttempts).hasValue(2);
        assertThat(bottom).hasValue(3);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }

    @Test
    void call_afterAnotherThatGaveUpOnTheSameObject_isNotSuppressed() {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> inner.call(() -> {
                        throw shared;
                    }))
                    .isSameAs(shared);
            assertThatThrownBy(() -> outer.call(() -> {
                        bottom.incrementAndGet();
                        throw shared;
                    }))
                    .isSameAs(shared);
        }
        assertThat(bottom).hasValue(9);
    }

    @Test
    void callAsync_besideAnotherThatGaveUpOnTheSameObject_isNotSuppressed() {
        CompletableFuture<String> beside = outer.callAsync(() -> {
            bottom.incrementAndGet();
            CompletableFuture<String> result = new CompletableFuture<>();
            time.schedule(() -> result.completeExceptionally(shared), 1_000_000);
            return result;
        });
        for (int i = 0; i < 20; i++) {
            time.schedule(() -> inner.callAsync(() -> CompletableFuture.failedFuture(shared)), i * 100_000L);
        }
        time.runAll();
        assertThat(beside).isCompletedExceptionally();
        assertThat(bottom).hasValue(3);
    }

    @Test
    void call_aroundOneThatMayNotRetry_retries() {
        Retry once = Retry.of(RetryPolicy.parse("max-attempts=1"), time);
        assertThatThrownBy(() -> outer.call(() -> once.call(fixture::fails))).isInstanceOf(ConnectException.class);
        assertThat(bottom).hasValue(3);
    }

    @Test
    void call_aroundOneForWhichTheFailureWasFatal_decidesByItself() {
        Retry strict = Retry.of(RetryPolicy.parse("stop-on=connect"), time);
        assertThatThrownBy(() -> outer.call(() -> strict.call(fixture::fails))).isInstanceOf(ConnectException.class);
        assertThat(bottom).hasValue(3);
    }

    @Test
    void call_aroundOneWhoseBudgetRefused_isSuppressed() {
        Retry poor = Retry.of(RetryPolicy.parse("max-attempts=3 budget=success:1/1/1"), time);
        assertThatThrownBy(() -> outer.call(() -> poor.call(fixture::fails))).isInstanceOf(ConnectException.class);
        assertThat(poor.counts().ended(StopReason.BUDGET_EXHAUSTED)).isEqualTo(1);
        assertThat(bottom).hasValue(2);
    }

    @Test
    void call_underAPolicyWithNestedRetry_multiplies() {
        Retry multiplying = Retry.of(
                THREE.toBuilder().nested(dev.respite.policy.Nested.RETRY).build(), time);
        assertThatThrownBy(() -> multiplying.call(() -> inner.call(fixture::fails)))
                .isInstanceOf(ConnectException.class);
        assertThat(bottom).hasValue(9);
        assertThat(multiplying.policy().toString()).contains("nested=retry");
        assertThat(RetryPolicy.parse(multiplying.policy().toString())).isEqualTo(multiplying.policy());
    }

    @Test
    void hasGivenUp_onTheFailureOfACallOrItsCause_isTrueOnThisThread() {
        Throwable failure = catchThrowable(() -> inner.call(fixture::fails));
        assertThat(NestedRetries.hasGivenUp(failure)).isTrue();
        assertThat(NestedRetries.hasGivenUp(new IllegalStateException("no quote", failure)))
                .isTrue();
        assertThat(NestedRetries.hasGivenUp(new ConnectException("another"))).isFalse();
    }

    @Test
    void hasGivenUp_onAFailureThatWasNotRetried_isFalse() {
        Throwable fatal = catchThrowable(() -> inner.call(() -> {
            throw new IllegalArgumentException("no retry");
        }));
        Retry one = Retry.of(RetryPolicy.parse("max-attempts=1 budget=off"), time);
        Throwable single = catchThrowable(() -> one.call(fixture::fails));
        assertThat(NestedRetries.hasGivenUp(fatal)).isFalse();
        assertThat(NestedRetries.hasGivenUp(single)).isFalse();
    }

    @Test
    void hasGivenUp_onAnotherThread_isTrueInATaskThatIsPropagated() throws Exception {
        Throwable failure = catchThrowable(() -> inner.call(fixture::fails));
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            assertThat(pool.submit(() -> NestedRetries.hasGivenUp(failure)).get())
                    .isFalse();
            FutureTask<Boolean> query = new FutureTask<>(() -> NestedRetries.hasGivenUp(failure));
            pool.execute(NestedRetries.propagate(query));
            assertThat(query.get()).isTrue();
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void hasGivenUp_onAnAsynchronousCallThatBeganHere_isTrue() {
        CompletableFuture<String> call = inner.callAsync(fixture::failsLater);
        time.runAll();
        assertThat(NestedRetries.hasGivenUp(catchThrowable(call::join))).isTrue();
    }
}
