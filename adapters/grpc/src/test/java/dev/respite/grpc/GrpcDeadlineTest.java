package dev.respite.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class GrpcDeadlineTest extends GrpcFixture {

    private static final Reply NONE = call -> {};

    @Test
    void attempt_atItsTimeout_isEndedAndRetried() {
        replies(NONE, Reply.of("4.20"));
        assertThat(call(channel(GrpcRetry.of(quick("attempt-timeout=100ms"))), FETCH))
                .isEqualTo("4.20");
        assertThat(requests).hasSize(2);
        Awaitility.await().until(contexts.get(0)::isCancelled);
    }

    @Test
    void attempts_atTheirTimeout_endWithDeadlineExceeded() {
        replies(NONE, NONE, NONE);
        Retry retry = quick("attempt-timeout=50ms");
        assertThat(call(channel(GrpcRetry.of(retry)), FETCH)).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(requests).hasSize(3);
        assertThat(reason(retry)).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @Test
    void attempt_atItsTimeout_ofAMethodThatMayNotBeRepeated_endsTheCall() {
        replies(NONE);
        Retry retry = quick("attempt-timeout=50ms");
        assertThat(call(channel(GrpcRetry.of(retry)), ORDER)).isEqualTo("DEADLINE_EXCEEDED");
        assertThat(reason(retry)).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void deadlineExceeded_ofTheServer_isATimeout() {
        replies(Reply.of(Status.DEADLINE_EXCEEDED), Reply.of("4.20"));
        assertThat(call(
                        channel(GrpcRetry.of(quick(""))),
                        FETCH,
                        CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.HOURS)))
                .isEqualTo("4.20");
    }

    @Test
    void attempt_hasTheShorterOfTheDeadlines() {
        replies(Reply.of("4.20"), Reply.of("4.20"), Reply.of("4.20"));
        ManagedChannel channel = channel(GrpcRetry.of(retry("attempt-timeout=10s total-timeout=60s")));
        call(channel, FETCH);
        call(channel, FETCH, CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS));
        call(channel, FETCH, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS));
        assertThat(contexts)
                .extracting(context -> remainingSeconds(context.getDeadline()))
                .containsExactly(10L, 5L, 10L);
    }

    /** Rounds up to the five seconds in which a loaded machine makes the call. */
    private static long remainingSeconds(Deadline deadline) {
        return (deadline.timeRemaining(TimeUnit.MILLISECONDS) + 4_999) / 5_000 * 5;
    }

    @Test
    void delay_thatWouldReachTheDeadline_isNotBegun() {
        replies(unavailable());
        Retry retry = retry("base-delay=6s jitter=none budget=off");
        CallOptions options = CallOptions.DEFAULT.withExecutor(Runnable::run).withDeadlineAfter(5, TimeUnit.SECONDS);
        Stub.Running call = Stub.FUTURE.begin(directChannel(GrpcRetry.of(retry)), FETCH, options);
        assertThat(call.result()).isCompletedWithValue("UNAVAILABLE");
        assertThat(reason(retry)).isEqualTo(StopReason.TOTAL_TIMEOUT);
    }

    @Test
    void attempt_hasTheRestOfTheTotalTimeout() throws Exception {
        replies(unavailable(), Reply.of("4.20"));
        Retry retry = retry("base-delay=20s jitter=none budget=off total-timeout=30s");
        Stub.Running call = Stub.FUTURE.begin(channel(GrpcRetry.of(retry)), FETCH);
        time.next().end();
        assertThat(call.result().get()).isEqualTo("4.20");
        assertThat(remainingSeconds(contexts.get(1).getDeadline())).isEqualTo(10);
    }

    @Test
    void call_withoutAnyLimit_hasNoDeadline() {
        replies(Reply.of("4.20"));
        call(channel(GrpcRetry.of(retry("total-timeout=off"))), FETCH);
        assertThat(contexts.get(0).getDeadline()).isNull();
    }
}
