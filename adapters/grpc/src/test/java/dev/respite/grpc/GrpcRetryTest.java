package dev.respite.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.LogLines;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcRetryTest extends GrpcFixture {

    private static final Map<String, ?> RETRIED = Map.of(
            "maxAttempts",
            4.0,
            "initialBackoff",
            "0.001s",
            "maxBackoff",
            "0.001s",
            "backoffMultiplier",
            1.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));

    private static final Map<String, ?> HEDGED =
            Map.of("maxAttempts", 4.0, "hedgingDelay", "0.001s", "nonFatalStatusCodes", List.of("UNAVAILABLE"));

    private static Map<String, ?> config(String kind, Map<String, ?> settings) {
        return Map.of(
                "methodConfig", List.of(Map.of("name", List.of(Map.of("service", "acme.Quotes")), kind, settings)));
    }

    /** A channel in the process has no retries unless they are enabled. */
    private InProcessChannelBuilder configured(Map<String, ?> config) {
        return plain().enableRetry().defaultServiceConfig(config);
    }

    private void unavailable(int times) {
        Stream.generate(GrpcFixture::unavailable).limit(times).forEach(this::replies);
    }

    @Test
    void attempts_afterTheFirst_haveTheirNumberInTheMetadata() {
        unavailable(2);
        replies(Reply.of("4.20"));
        assertThat(call(channel(GrpcRetry.of(quick(""))), FETCH)).isEqualTo("4.20");
        assertThat(requests).extracting(headers -> headers.get(PREVIOUS)).containsExactly(null, "1", "2");
    }

    @Test
    void method_thatIsSafe_isRepeated() {
        unavailable(1);
        replies(Reply.of("4.20"));
        assertThat(call(channel(GrpcRetry.of(quick(""))), PEEK)).isEqualTo("4.20");
    }

    @Test
    void method_thatIsNeitherIdempotentNorSafe_isNotRepeated() {
        unavailable(2);
        Retry retry = quick("");
        assertThat(call(channel(GrpcRetry.of(retry)), ORDER)).isEqualTo("UNAVAILABLE");
        assertThat(requests).hasSize(1);
        assertThat(reason(retry)).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme.Quotes/Order", "acme.Quotes"})
    void method_thatIsNamed_isRepeated(String name) {
        unavailable(1);
        replies(Reply.of("ordered"));
        GrpcRetry retry = GrpcRetry.of(quick("")).withRepeatable("acme.Others", name);
        assertThat(call(channel(retry), ORDER)).isEqualTo("ordered");
    }

    @ParameterizedTest
    @ValueSource(strings = {"acme.Quotes/Fetch", "acme.Other"})
    void method_ofWhichAnotherIsNamed_isNotRepeated(String name) {
        unavailable(1);
        assertThat(call(channel(GrpcRetry.of(quick("")).withRepeatable(name)), ORDER))
                .isEqualTo("UNAVAILABLE");
        assertThat(requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/acme.Quotes/Fetch", "acme.Quotes/", "acme Quotes"})
    void withRepeatable_nameOfNoForm_isRejected(String name) {
        GrpcRetry retry = GrpcRetry.of(quick(""));
        assertThatThrownBy(() -> retry.withRepeatable(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'")
                .hasMessageContaining("getFullMethodName");
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.Code.class,
            mode = Mode.EXCLUDE,
            names = {"OK", "UNAVAILABLE", "DEADLINE_EXCEEDED"})
    void code_thatIsNotTransient_isNotRetried(Status.Code code) {
        replies(Reply.of(code.toStatus()), Reply.of("4.20"));
        assertThat(call(channel(GrpcRetry.of(quick(""))), FETCH)).isEqualTo(code.name());
        assertThat(requests).hasSize(1);
    }

    @Test
    void code_thatThePolicyNames_isRetried() {
        replies(Reply.of(Status.ABORTED), Reply.of("4.20"));
        assertThat(call(channel(GrpcRetry.of(quick("retry-on=grpc:ABORTED"))), FETCH))
                .isEqualTo("4.20");
    }

    @Test
    void message_thatThePolicyRejects_isRetried() {
        replies(Reply.of("pending"), Reply.of("4.20"));
        Retry retry = Retry.of(RetryPolicy.parse("base-delay=1ms jitter=none budget=off").toBuilder()
                .retryOnResult(String.class, "pending"::equals)
                .build());
        assertThat(call(channel(GrpcRetry.of(retry)), FETCH)).isEqualTo("4.20");
    }

    @Test
    void message_thatIsAStream_isSentOnce() {
        MethodDescriptor.Marshaller<InputStream> bytes = new MethodDescriptor.Marshaller<>() {
            @Override
            public InputStream stream(InputStream value) {
                return value;
            }

            @Override
            public InputStream parse(InputStream stream) {
                return stream;
            }
        };
        MethodDescriptor<InputStream, InputStream> method =
                FETCH.toBuilder(bytes, bytes).build();
        unavailable(1);
        Retry retry = quick("");
        ManagedChannel channel = channel(GrpcRetry.of(retry));
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(
                        channel, method, CallOptions.DEFAULT, new ByteArrayInputStream(new byte[] {65})))
                .hasMessageContaining("UNAVAILABLE");
        assertThat(requests).hasSize(1);
        assertThat(reason(retry)).isEqualTo(StopReason.INPUT_CONSUMED);
    }

    @Test
    void metadata_thatAnInnerInterceptorAdds_isOfOneAttempt() {
        unavailable(2);
        replies(Reply.of("4.20"));
        ClientInterceptor adding = new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<R> listener, Metadata headers) {
                        headers.put(X, "mine");
                        super.start(listener, headers);
                    }
                };
            }
        };
        ManagedChannel channel = add(GrpcRetry.of(quick("")).install(plain().intercept(adding)));
        assertThat(call(channel, FETCH)).isEqualTo("4.20");
        assertThat(requests)
                .hasSize(3)
                .allSatisfy(headers -> assertThat(headers.getAll(X)).containsExactly("mine"));
    }

    @Test
    void install_overAServiceConfig_switchesItsRetriesOff() {
        unavailable(6);
        Map<String, ?> config = config("retryPolicy", RETRIED);
        GrpcRetry retry = GrpcRetry.of(quick("max-attempts=2"));
        assertThat(call(add(retry.install(configured(config))), FETCH)).isEqualTo("UNAVAILABLE");
        assertThat(requests).hasSize(2);
        assertThat(call(add(configured(config)), FETCH)).isEqualTo("UNAVAILABLE");
        assertThat(requests).as("with those of a channel without").hasSize(6);
    }

    @Test
    void install_overAServiceConfig_switchesItsHedgingOff() {
        unavailable(6);
        Map<String, ?> config = config("hedgingPolicy", HEDGED);
        GrpcRetry retry = GrpcRetry.of(quick("max-attempts=2"));
        assertThat(call(add(retry.install(configured(config))), FETCH)).isEqualTo("UNAVAILABLE");
        assertThat(requests).hasSize(2);
        assertThat(call(add(configured(config)), FETCH)).isEqualTo("UNAVAILABLE");
        assertThat(requests).as("with those of a channel without").hasSize(6);
    }

    @Test
    void retry_thatIsInstalledTwice_doesNotMultiply() {
        unavailable(9);
        InProcessChannelBuilder builder = GrpcRetry.of(quick("")).install(plain());
        assertThat(call(add(GrpcRetry.of(quick("")).install(builder)), FETCH)).isEqualTo("UNAVAILABLE");
        assertThat(requests).hasSize(3);
    }

    @Test
    void streamingCall_passesThrough_withOneWarning() {
        replies(Reply.of(Status.UNAVAILABLE), call -> {
            call.sendHeaders(new Metadata());
            call.sendMessage("one");
            call.close(Status.OK, new Metadata());
        });
        ManagedChannel channel = channel(GrpcRetry.of(quick("")));
        try (LogLines log = LogLines.of("dev.respite.grpc")) {
            Iterator<String> failed =
                    ClientCalls.blockingServerStreamingCall(channel, WATCH, CallOptions.DEFAULT, "tea");
            assertThatThrownBy(failed::hasNext).hasMessageContaining("UNAVAILABLE");
            assertThat(requests).hasSize(1);
            assertThat(ClientCalls.blockingServerStreamingCall(channel, WATCH, CallOptions.DEFAULT, "tea")
                            .next())
                    .isEqualTo("one");
            assertThat(log.all()).singleElement().asString().contains("acme.Quotes/Watch");
        }
    }

    @Test
    void channelThatThrows_endsTheCallWithItsFailure() {
        IllegalStateException bug = new IllegalStateException("broken");
        ClientInterceptor throwing = new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                throw bug;
            }
        };
        ManagedChannel channel = add(GrpcRetry.of(quick("")).install(plain().intercept(throwing)));
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, FETCH, CallOptions.DEFAULT, "tea"))
                .hasMessageContaining("UNKNOWN")
                .hasCause(bug);
    }
}
