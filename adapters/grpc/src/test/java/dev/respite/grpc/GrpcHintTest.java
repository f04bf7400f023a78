package dev.respite.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.DebugInfo;
import com.google.rpc.RetryInfo;
import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server's hints of further attempts. */
class GrpcHintTest extends GrpcFixture {

    private static Reply pushback(Status status, String value) {
        return Reply.of(status, metadata(PUSHBACK, value));
    }

    /** Trailers with a delay among the details of a status. */
    private static Metadata retryInfo(Code code, Duration delay) {
        com.google.protobuf.Duration wait = com.google.protobuf.Duration.newBuilder()
                .setSeconds(delay.getSeconds())
                .setNanos(delay.getNano())
                .build();
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                        .setCode(code.getNumber())
                        .addDetails(Any.pack(
                                DebugInfo.newBuilder().setDetail("queue full").build()))
                        .addDetails(Any.pack(
                                RetryInfo.newBuilder().setRetryDelay(wait).build()))
                        .build())
                .getTrailers();
    }

    /** Makes a call and ends its one delay; returns that. */
    private Duration delay(Retry retry) throws Exception {
        Stub.Running call = Stub.FUTURE.begin(channel(GrpcRetry.of(retry)), FETCH);
        HeldTime.Delay delay = time.next();
        delay.end();
        assertThat(call.result().get()).isEqualTo("4.20");
        return delay.length();
    }

    @ParameterizedTest
    @CsvSource({"5000, 5000", "100, 100", "1, 100", "0, 100"})
    void pushback_isTheShortestDelay_butNotBelowTheBackoff(String pushback, long millis) throws Exception {
        replies(pushback(Status.UNAVAILABLE, pushback), Reply.of("4.20"));
        assertThat(delay(retry())).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void pushback_ofAnyCode_requestsAnAttempt() throws Exception {
        replies(pushback(Status.INTERNAL, "0"), Reply.of("4.20"));
        assertThat(delay(retry())).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void pushback_ofACodeThatThePolicyStopsOn_requestsNothing() {
        replies(pushback(Status.INTERNAL, "0"));
        assertThat(call(channel(GrpcRetry.of(quick("stop-on=grpc:INTERNAL"))), FETCH))
                .isEqualTo("INTERNAL");
        assertThat(requests).hasSize(1);
    }

    @Test
    void pushback_forAMethodThatMayNotBeRepeated_requestsNothing() {
        replies(pushback(Status.UNAVAILABLE, "0"));
        Retry retry = quick("");
        assertThat(call(channel(GrpcRetry.of(retry)), ORDER)).isEqualTo("UNAVAILABLE");
        assertThat(reason(retry)).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "soon", "", "99999999999", "1.5"})
    void pushback_thatIsNegativeOrUnreadable_forbidsAnAttempt(String pushback) {
        replies(pushback(Status.UNAVAILABLE, pushback));
        Retry retry = quick("");
        assertThat(call(channel(GrpcRetry.of(retry)), FETCH)).isEqualTo("UNAVAILABLE");
        assertThat(reason(retry)).isEqualTo(StopReason.RETRY_FORBIDDEN_BY_SERVER);
    }

    @Test
    void pushback_thatForbidsAnAttempt_isAFailureForTheBudget() {
        replies(pushback(Status.UNAVAILABLE, "-1"));
        List<String> failed = new ArrayList<>();
        Retry retry = quick("").withBudget(new RetryBudget() {
            @Override
            public boolean tryAcquire(ErrorKind kind) {
                return false;
            }

            @Override
            public void succeeded() {}

            @Override
            public double retriesLeft() {
                return 0;
            }

            @Override
            public void failed(FailedAttempt attempt) {
                failed.add(attempt.kind() + " " + attempt.number());
            }
        });
        call(channel(GrpcRetry.of(retry)), FETCH);
        assertThat(failed).containsExactly("grpc-unavailable 1");
    }

    @Test
    void pushback_thatIsTooLong_endsTheCall() {
        replies(pushback(Status.UNAVAILABLE, "61000"));
        Retry retry = retry();
        assertThat(call(channel(GrpcRetry.of(retry)), FETCH)).isEqualTo("UNAVAILABLE");
        assertThat(reason(retry)).isEqualTo(StopReason.RETRY_AFTER_TOO_LONG);
    }

    @Test
    void pushback_thatReachesTheTotalTimeout_endsTheCall() {
        replies(pushback(Status.UNAVAILABLE, "31000"));
        Retry retry = retry();
        assertThat(call(channel(GrpcRetry.of(retry)), FETCH)).isEqualTo("UNAVAILABLE");
        assertThat(reason(retry)).isEqualTo(StopReason.TOTAL_TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAVAILABLE", "RESOURCE_EXHAUSTED"})
    void retryInfo_isTheShortestDelay_ofAnyCode(Code code) throws Exception {
        replies(
                Reply.of(Status.fromCodeValue(code.getNumber()), retryInfo(code, Duration.ofMillis(3_500))),
                Reply.of("4.20"));
        assertThat(delay(retry())).isEqualTo(Duration.ofMillis(3_500));
    }

    @Test
    void retryInfo_besideAPushback_isIgnored() throws Exception {
        Metadata trailers = retryInfo(Code.UNAVAILABLE, Duration.ofSeconds(3));
        trailers.put(PUSHBACK, "5000");
        replies(Reply.of(Status.UNAVAILABLE, trailers), Reply.of("4.20"));
        assertThat(delay(retry())).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void retryInfo_thatIsNegative_isIgnored() throws Exception {
        replies(Reply.of(Status.UNAVAILABLE, retryInfo(Code.UNAVAILABLE, Duration.ofSeconds(-3))), Reply.of("4.20"));
        assertThat(delay(retry())).isEqualTo(Duration.ofMillis(100));
    }

    @Test
    void details_thatCannotBeRead_areIgnored() throws Exception {
        Metadata trailers = new Metadata();
        trailers.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1, 2, 3});
        replies(Reply.of(Status.UNAVAILABLE, trailers), Reply.of("4.20"));
        assertThat(delay(retry())).isEqualTo(Duration.ofMillis(100));
    }
}
