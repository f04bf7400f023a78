package dev.respite.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.admission.RetryAdmission;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The test runs the tasks of the server, so a call waits until then. */
class GrpcAdmissionTest {

    private static final RetryAdmission RULE = RetryAdmission.ofTimeout(Duration.ofSeconds(2));

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<ServerCall<String, String>> served = new ArrayList<>();
    private final List<String> closed = new ArrayList<>();
    private long now;
    private Server server;
    private ManagedChannel channel;

    private void start(InProcessServerBuilder builder) throws IOException {
        server = builder.executor(tasks::add)
                .addService(ServerServiceDefinition.builder("acme.Quotes")
                        .addMethod(GrpcFixture.FETCH, this::serve)
                        .addMethod(GrpcFixture.WATCH, this::serve)
                        .addMethod(GrpcFixture.ORDER, (call, headers) -> {
                            throw new IllegalStateException("broken");
                        })
                        .build())
                .build()
                .start();
        channel = InProcessChannelBuilder.forName("admission").directExecutor().build();
    }

    private ServerCall.Listener<String> serve(ServerCall<String, String> call, Metadata headers) {
        served.add(call);
        call.request(1);
        return new ServerCall.Listener<>() {};
    }

    private GrpcAdmission start(RetryAdmission rule) throws IOException {
        GrpcAdmission admission = new GrpcAdmission(rule, () -> now);
        start(admission.install(InProcessServerBuilder.forName("admission")));
        return admission;
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
        run();
    }

    private void run() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private ClientCall<String, String> begin(MethodDescriptor<String, String> method, int previous) {
        Metadata metadata = new Metadata();
        if (previous > 0) {
            metadata.put(GrpcFixture.PREVIOUS, Integer.toString(previous));
            // The last of two values, as a proxy sends them, may be lower.
            metadata.put(GrpcFixture.PREVIOUS, "0");
        }
        Channel numbered = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
        ClientCall<String, String> call = numbered.newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        closed.add(status.getCode() + " " + trailers.get(GrpcFixture.PUSHBACK));
                    }
                },
                new Metadata());
        call.request(1);
        call.sendMessage("tea");
        call.halfClose();
        return call;
    }

    @Test
    void retry_thatHasWaitedTooLong_isRefused() throws IOException {
        GrpcAdmission admission = start(RULE);
        begin(GrpcFixture.FETCH, 1);
        now += Duration.ofMillis(201).toNanos();
        run();
        assertThat(closed).containsExactly("UNAVAILABLE -1");
        assertThat(served).isEmpty();
        assertThat(admission.refusedRetries()).isEqualTo(1);
        assertThat(admission.inProgress()).isZero();
    }

    @Test
    void retry_thatHasNotWaitedTooLong_isAdmitted() throws IOException {
        GrpcAdmission admission = start(RULE);
        begin(GrpcFixture.FETCH, 1);
        now += Duration.ofMillis(200).toNanos();
        run();
        assertThat(served).hasSize(1);
        assertThat(admission.refusedRetries()).isZero();
    }

    @Test
    void firstAttempt_isNeverRefused() throws IOException {
        start(RULE.withInProgressLimit(1));
        begin(GrpcFixture.FETCH, 0);
        begin(GrpcFixture.WATCH, 0);
        now += Duration.ofHours(1).toNanos();
        run();
        assertThat(served).hasSize(2);
    }

    @Test
    void retry_beyondTheLimitOfCallsInProgress_isRefused() throws IOException {
        GrpcAdmission admission = start(RULE.withInProgressLimit(2));
        begin(GrpcFixture.WATCH, 0);
        begin(GrpcFixture.FETCH, 1);
        run();
        begin(GrpcFixture.FETCH, 1);
        run();
        assertThat(served).hasSize(2);
        assertThat(closed).containsExactly("UNAVAILABLE -1");
        assertThat(admission.inProgress()).isEqualTo(2);
    }

    @Test
    void call_isInProgressUntilItEndsInAnyWay() throws IOException {
        GrpcAdmission admission = start(RULE);
        begin(GrpcFixture.FETCH, 0);
        ClientCall<String, String> stream = begin(GrpcFixture.WATCH, 0);
        run();
        assertThat(admission.inProgress()).isEqualTo(2);
        served.get(0).close(Status.ABORTED, new Metadata());
        run();
        assertThat(admission.inProgress()).isEqualTo(1);
        stream.cancel("enough", null);
        run();
        assertThat(admission.inProgress()).isZero();
    }

    @Test
    void handler_thatThrows_endsTheCall() throws IOException {
        GrpcAdmission admission = start(RULE);
        begin(GrpcFixture.ORDER, 0);
        try {
            run();
        } catch (IllegalStateException broken) {
            run();
        }
        assertThat(closed).hasSize(1);
        assertThat(admission.inProgress()).isZero();
    }

    @Test
    void refusal_endsACallOfGrpcRetry() throws Exception {
        GrpcAdmission admission = start(RULE.withInProgressLimit(1));
        HeldTime time = new HeldTime();
        Retry retry = Retry.of(RetryPolicy.parse(GrpcFixture.POLICY), time);
        channel.shutdownNow();
        channel = GrpcRetry.of(retry)
                .install(InProcessChannelBuilder.forName("admission").directExecutor())
                .build();
        begin(GrpcFixture.WATCH, 0);
        Stub.Running call = Stub.FUTURE.begin(channel, GrpcFixture.FETCH);
        run();
        served.get(1).close(Status.UNAVAILABLE, new Metadata());
        run();
        time.next().end();
        // The second attempt begins on a thread of the retry, and waits in the queue of the server.
        Awaitility.await().until(() -> {
            run();
            return call.result().isDone();
        });
        assertThat(call.result().get()).isEqualTo("UNAVAILABLE");
        assertThat(admission.refusedRetries()).isEqualTo(1);
        assertThat(GrpcFixture.reason(retry)).isEqualTo(StopReason.RETRY_FORBIDDEN_BY_SERVER);
    }
}
