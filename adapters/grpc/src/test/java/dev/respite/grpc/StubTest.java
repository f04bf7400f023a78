package dev.respite.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import dev.respite.testsupport.RealTime;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kind of stub receives each end of a call. */
class StubTest extends GrpcFixture {

    private static String await(CompletableFuture<String> result) throws Exception {
        return result.get(RealTime.patience().toSeconds(), TimeUnit.SECONDS);
    }

    private void awaitEnd(Retry retry, StopReason reason) {
        Awaitility.await()
                .untilAsserted(() -> assertThat(retry.counts().endings()).containsOnlyKeys(reason));
    }

    @ParameterizedTest
    @EnumSource
    void call_thatFailsTwice_succeeds(Stub stub) throws Exception {
        replies(unavailable(), unavailable(), Reply.of("4.20"));
        Stub.Running call = stub.begin(channel(GrpcRetry.of(retry())), FETCH);
        time.next().end();
        time.next().end();
        assertThat(await(call.result())).isEqualTo("4.20");
        assertThat(messages).containsExactly("tea", "tea", "tea");
    }

    @ParameterizedTest
    @EnumSource
    void call_thatFailsInAllAttempts_hasTheLastStatus(Stub stub) throws Exception {
        replies(unavailable(), unavailable(), Reply.of(Status.UNAVAILABLE), Reply.of("not sent"));
        Retry retry = retry();
        Stub.Running call = stub.begin(channel(GrpcRetry.of(retry)), FETCH);
        time.next().end();
        time.next().end();
        assertThat(await(call.result())).isEqualTo("UNAVAILABLE");
        assertThat(requests).hasSize(3);
        assertThat(reason(retry)).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @ParameterizedTest
    @EnumSource
    void cancel_inADelay_endsTheCallAtOnce(Stub stub) throws Exception {
        replies(unavailable());
        Retry retry = retry();
        Stub.Running call = stub.begin(channel(GrpcRetry.of(retry)), FETCH);
        HeldTime.Delay delay = time.next();
        call.cancellation().run();
        assertThat(await(call.result())).isEqualTo(stub == Stub.BLOCKING ? "CANCELLED interrupted" : "CANCELLED");
        awaitEnd(retry, StopReason.CANCELLED);
        delay.end();
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void cancel_inAnAttempt_endsTheCallAndTheAttempt(Stub stub) throws Exception {
        Retry retry = retry();
        Stub.Running call = stub.begin(channel(GrpcRetry.of(retry)), FETCH);
        Awaitility.await().until(() -> messages.size() == 1);
        call.cancellation().run();
        assertThat(await(call.result())).startsWith("CANCELLED");
        awaitEnd(retry, StopReason.CANCELLED);
        Awaitility.await().until(contexts.get(0)::isCancelled);
        assertThat(time.hasNone()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void context_cancelledInADelay_endsTheCallAtOnce(Stub stub) throws Exception {
        replies(unavailable());
        Retry retry = retry();
        Context.CancellableContext context = Context.current().withCancellation();
        Stub.Running call = stub.begin(new InContext(channel(GrpcRetry.of(retry)), context), FETCH);
        time.next();
        context.cancel(null);
        assertThat(await(call.result())).isEqualTo("CANCELLED");
        awaitEnd(retry, StopReason.CANCELLED);
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void deadline_thatTheDelayWouldReach_endsTheCallAtOnce(Stub stub) throws Exception {
        replies(unavailable());
        Retry retry = retry("max-attempts=3 base-delay=20h max-delay=20h jitter=none budget=off total-timeout=off");
        Stub.Running call = stub.begin(
                channel(GrpcRetry.of(retry)), FETCH, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.HOURS));
        assertThat(await(call.result())).isEqualTo("UNAVAILABLE");
        assertThat(reason(retry)).isEqualTo(StopReason.TOTAL_TIMEOUT);
        assertThat(time.hasNone()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void totalTimeout_thatTheDelayWouldReach_endsTheCallAtOnce(Stub stub) throws Exception {
        replies(unavailable(), unavailable());
        Retry retry = retry("max-attempts=3 base-delay=6s multiplier=1 jitter=none budget=off total-timeout=10s");
        Stub.Running call = stub.begin(channel(GrpcRetry.of(retry)), FETCH);
        time.next().end();
        assertThat(await(call.result())).isEqualTo("UNAVAILABLE");
        assertThat(requests).hasSize(2);
        assertThat(reason(retry)).isEqualTo(StopReason.TOTAL_TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource
    void totalTimeout_inTheWaitForTheBudget_endsTheCall(Stub stub) throws Exception {
        replies(unavailable(), unavailable());
        Retry retry = retry("max-attempts=3 base-delay=100ms jitter=none budget=success:0.1/1/1 budget-wait=5s/10");
        Stub.Running call = stub.begin(channel(GrpcRetry.of(retry)), FETCH);
        time.endUntil(call.result());
        assertThat(await(call.result())).isEqualTo("UNAVAILABLE");
        assertThat(retry.counts().budgetWaits().begun()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void shutdownOfTheScheduler_inADelay_endsTheCall(Stub stub) throws Exception {
        replies(unavailable());
        Retry retry = retry();
        Stub.Running call = stub.begin(channel(GrpcRetry.of(retry)), FETCH);
        time.next().reject();
        assertThat(await(call.result())).isEqualTo("UNAVAILABLE");
        assertThat(reason(retry)).isEqualTo(StopReason.EXECUTOR_REFUSED);
    }

    @ParameterizedTest
    @EnumSource
    void deadline_inAnAttempt_isNotRetried(Stub stub) throws Exception {
        Retry retry = retry();
        Stub.Running call = stub.begin(
                channel(GrpcRetry.of(retry)), FETCH, CallOptions.DEFAULT.withDeadlineAfter(50, TimeUnit.MILLISECONDS));
        assertThat(await(call.result())).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(requests).hasSizeLessThanOrEqualTo(1);
        assertThat(reason(retry)).isEqualTo(StopReason.TOTAL_TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource
    void contextWithADeadline_thatPassesInAnAttempt_isNotRetried(Stub stub) throws Exception {
        Retry retry = retry();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (Context.CancellableContext context =
                Context.current().withDeadlineAfter(50, TimeUnit.MILLISECONDS, timer)) {
            Stub.Running call =
                    stub.begin(new InContext(channel(GrpcRetry.of(retry)), context), FETCH, CallOptions.DEFAULT);
            assertThat(await(call.result())).isEqualTo("DEADLINE_EXCEEDED");
            assertThat(reason(retry)).isEqualTo(StopReason.TOTAL_TIMEOUT);
        } finally {
            timer.shutdownNow();
        }
    }
}
