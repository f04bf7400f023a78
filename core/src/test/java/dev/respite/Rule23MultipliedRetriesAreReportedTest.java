package dev.respite;

import static dev.respite.NestedRetriesFixture.THREE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.hedge.Hedge;
import dev.respite.outcome.StopReason;
import dev.respite.policy.Nested;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * Rule 23, where it cannot be kept: code replaces the failure of a call by an exception of its own, which the call around it
 * retries. And where two calls that overlap fail with one object.
 */
class Rule23MultipliedRetriesAreReportedTest {

    /** The outer policy names what the code throws. */
    private static final RetryPolicy NAMED =
            THREE.toBuilder().retryOn("java.io.IOException").build();

    private final NestedRetriesFixture fixture = new NestedRetriesFixture();
    private final AtomicInteger bottom = fixture.bottom;
    private final Recorder recorder = fixture.listener;
    private final Retry outer =
            Retry.withoutWarnings(NAMED, fixture.time).withName("page").withListener(recorder);

    /** Loses what the call below has given up on. */
    private String replaced() throws IOException {
        try {
            return fixture.inner.call(fixture::fails);
        } catch (IOException lost) {
            throw new IOException("no quote");
        }
    }

    private List<Boolean> multiplied() {
        return recorder.all(RetryEvent.AttemptFailed.class).stream()
                .map(RetryEvent.AttemptFailed::multiplied)
                .toList();
    }

    private static void fails(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IOException.class);
    }

    @Test
    void call_thatRetriesAReplacedFailure_reportsEachOfItsRetries() {
        fails(() -> outer.call(this::replaced));
        assertThat(bottom).hasValue(9);
        assertThat(multiplied()).as("the last attempt is not retried").containsExactly(true, true, false);
        assertThat(outer.counts().multiplied()).isEqualTo(2);
        assertThat(fixture.inner.counts().multiplied()).isZero();
    }

    @Test
    void call_thatRetriesAnExceptionMadeOfAValue_reportsIt() {
        RetryPolicy rejecting = THREE.toBuilder()
                .retryOnResult(Integer.class, status -> status >= 500)
                .build();
        Retry client = Retry.withoutWarnings(rejecting, fixture.time);
        fails(() -> outer.call(() -> {
            int status = client.call(() -> 500 + bottom.incrementAndGet());
            if (status >= 500) {
                throw new IOException("status " + status);
            }
            return status;
        }));
        assertThat(bottom).hasValue(9);
        assertThat(outer.counts().multiplied()).isEqualTo(2);
    }

    @Test
    void call_thatKeepsTheCause_neitherMultipliesNorReports() {
        fails(() -> outer.call(() -> {
            try {
                return fixture.inner.call(fixture::fails);
            } catch (IOException kept) {
                throw new IOException("no quote", kept);
            }
        }));
        assertThat(bottom).hasValue(3);
        assertThat(outer.counts().multiplied()).isZero();
        assertThat(multiplied()).containsExactly(false);
    }

    @Test
    void call_whoseLaterAttemptFailsByItself_reportsTheEarlierOnly() {
        AtomicInteger attempts = new AtomicInteger();
        fails(() -> outer.call(() -> {
            if (attempts.incrementAndGet() == 1) {
                return replaced();
            }
            throw new ConnectException("of its own");
        }));
        assertThat(multiplied()).containsExactly(true, false, false);
    }

    @Test
    void call_afterOneThatGaveUp_reportsNothing() {
        fails(() -> fixture.inner.call(fixture::fails));
        fails(() -> outer.call(fixture::fails));
        assertThat(outer.counts().multiplied()).isZero();
    }

    @Test
    void callAsync_thatRetriesAReplacedFailure_reportsEachOfItsRetries() {
        CompletableFuture<String> result = outer.callAsync(() -> {
            CompletableFuture<String> replaced = new CompletableFuture<>();
            CompletableFuture<String> unused = fixture.inner
                    .callAsync(fixture::failsLater)
                    .whenComplete((value, error) -> replaced.completeExceptionally(new IOException("no quote")));
            return replaced;
        });
        fixture.time.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThat(bottom).hasValue(9);
        assertThat(multiplied()).containsExactly(true, true, false);
    }

    @Test
    void callIdempotent_thatHedgesAfterAReplacedFailure_reportsIt() {
        Hedge hedge = Hedge.of(outer, Duration.ofMillis(10));
        CompletableFuture<String> result = hedge.callIdempotent(() -> CompletableFuture.completedFuture(replaced()));
        fixture.time.runAll();
        assertThat(result).isCompletedExceptionally();
        assertThat(bottom).hasValue(6);
        assertThat(multiplied()).containsExactly(true, false);
        assertThat(hedge.retry().counts().multiplied()).isEqualTo(1);
    }

    @Test
    void retry_thatMultiplies_warnsOnceByItsName_andNotWhereItsPolicySaysSo() {
        RetryPolicy chosen = NAMED.toBuilder().nested(Nested.RETRY).build();
        Retry loud = Retry.of(NAMED, fixture.time);
        Retry byChoice = Retry.of(chosen, fixture.time);
        LogLines lines = new LogLines();
        try {
            fails(() -> loud.withName("page").call(this::replaced));
            Retry same = loud.withName("part");
            fails(() -> same.call(this::replaced));
            fails(() -> same.withListener(recorder).call(this::replaced));
            fails(() -> byChoice.call(this::replaced));
            fails(() -> outer.call(this::replaced));
            assertThat(byChoice.counts().multiplied()).isEqualTo(2);
            assertThat(lines.containing("retries multiply"))
                    .hasSize(2)
                    .first()
                    .asString()
                    .startsWith("WARNING retries multiply: 'page' retries an attempt")
                    .contains("docs/nested-retries.md");
        } finally {
            lines.close();
        }
    }

    // Two calls that overlap, neither of which encloses the other, and fail with the same object.

    @Test
    void call_besideAnAsynchronousOneThatBeganBefore_retriesTheSameObject() {
        ConnectException shared = new ConnectException("the same for all");
        List<CompletableFuture<String>> replies = new ArrayList<>();
        CompletableFuture<String> beside = fixture.inner.callAsync(() -> {
            replies.add(new CompletableFuture<>());
            return replies.get(replies.size() - 1);
        });
        fails(() -> outer.call(() -> {
            bottom.incrementAndGet();
            while (!beside.isDone()) {
                replies.get(replies.size() - 1).completeExceptionally(shared);
                fixture.time.advance(Duration.ofMillis(10));
            }
            throw shared;
        }));
        assertThat(beside).isCompletedExceptionally();
        assertThat(replies).hasSize(3);
        assertThat(bottom).hasValue(3);
        assertThat(multiplied()).containsExactly(false, false, false);
    }

    @Test
    void calls_inPropagatedTasksOfOneAttempt_retryTheSameObject() throws Exception {
        ConnectException shared = new ConnectException("the same for all");
        CyclicBarrier both = new CyclicBarrier(2);
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            Retry real = Retry.withoutWarnings(THREE, TimeSource.system());
            AtomicInteger attempts = new AtomicInteger();
            List<CompletableFuture<Object>> ends = List.of(new CompletableFuture<>(), new CompletableFuture<>());
            for (CompletableFuture<Object> end : ends) {
                pool.execute(NestedRetries.propagate(() -> {
                    AtomicInteger own = new AtomicInteger();
                    try {
                        end.complete(real.call(() -> {
                            attempts.incrementAndGet();
                            if (own.incrementAndGet() == 1) {
                                both.await(10, TimeUnit.SECONDS);
                            } else if (own.get() == 3 && end == ends.get(1)) {
                                // The other call has given up on the object by now.
                                ends.get(0).handle((value, error) -> error).get(10, TimeUnit.SECONDS);
                            }
                            throw shared;
                        }));
                    } catch (Exception failure) {
                        end.completeExceptionally(failure);
                    }
                }));
            }
            for (CompletableFuture<Object> end : ends) {
                assertThatThrownBy(() -> end.get(10, TimeUnit.SECONDS)).hasCause(shared);
            }
            assertThat(attempts).hasValue(6);
            assertThat(real.counts().errors().values()).containsExactly(6L);
            assertThat(real.counts().ended(StopReason.ALREADY_RETRIED)).isZero();
            assertThat(NestedRetries.hasGivenUp(shared))
                    .as("by the thread that passed the tasks on")
                    .isTrue();
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void propagatedTask_withinManyOthers_isStillFoundByTheCallAroundAll() throws Exception {
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            fails(() -> outer.call(() -> {
                CompletableFuture<String> end = new CompletableFuture<>();
                pass(pool, 20, end);
                try {
                    return end.get(10, TimeUnit.SECONDS);
                } catch (ExecutionException failure) {
                    throw new IOException("in a task", failure.getCause());
                } catch (Exception bug) {
                    throw new AssertionError(bug);
                }
            }));
            assertThat(bottom).hasValue(3);
        } finally {
            pool.shutdown();
        }
    }

    private void pass(ExecutorService pool, int times, CompletableFuture<String> end) {
        pool.execute(NestedRetries.propagate(() -> {
            if (times > 0) {
                pass(pool, times - 1, end);
                return;
            }
            try {
                end.complete(fixture.inner.call(fixture::fails));
            } catch (IOException failure) {
                end.completeExceptionally(failure);
            }
        }));
    }
}
