package dev.respite.stacks;

import dev.respite.outcome.ErrorKind;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** grpc-java, over a real connection: the server ends each call with the code that the request names. */
class GrpcTest {

    private static final MethodDescriptor<String, String> METHOD = MethodDescriptor.<String, String>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName("acme.Quotes/Fetch")
            .setRequestMarshaller(new Text())
            .setResponseMarshaller(new Text())
            .build();

    private Server server;
    private ManagedChannel channel;

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder("acme.Quotes")
                        .addMethod(METHOD, ServerCalls.<String, String>asyncUnaryCall((code, observer) -> {
                            if (!code.equals("HANG")) {
                                observer.onError(Status.fromCode(Status.Code.valueOf(code))
                                        .asRuntimeException());
                            }
                        }))
                        .build())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .disableRetry()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    private Judged judged(String code, CallOptions options) {
        return Judged.of(() -> ClientCalls.blockingUnaryCall(channel, METHOD, options, code))
                .isA(StatusRuntimeException.class);
    }

    @Test
    void call_unavailable_isTransientAndASignOfOverload() {
        judged("UNAVAILABLE", CallOptions.DEFAULT)
                .isTransient(ErrorKind.overload("grpc-unavailable"))
                .isSelectedBy("grpc:UNAVAILABLE");
    }

    @ParameterizedTest
    @CsvSource({
        "INTERNAL",
        "NOT_FOUND",
        "ABORTED",
        "RESOURCE_EXHAUSTED",
        "CANCELLED",
        "UNKNOWN",
        "UNIMPLEMENTED",
        "UNAUTHENTICATED"
    })
    void call_anyOtherCode_isFatalUnlessItIsNamed(String code) {
        judged(code, CallOptions.DEFAULT).isFatal().isSelectedBy("grpc:" + code);
        new Judged(new StatusException(Status.fromCode(Status.Code.valueOf(code))))
                .isFatal()
                .isSelectedBy("grpc:" + code);
    }

    /** The client of gRPC ends a call with this code if the connection closes while it writes. */
    @Test
    void call_unknownByAConnectionThatClosed_isTransient() {
        Throwable closed = new ClosedChannelException();
        new Judged(Status.UNKNOWN.withCause(closed).asRuntimeException()).isTransient(ErrorKind.IO);
        new Judged(Status.UNKNOWN.withCause(new IllegalStateException(closed)).asRuntimeException())
                .isTransient(ErrorKind.IO);
        new Judged(Status.UNKNOWN.withCause(new IllegalStateException()).asRuntimeException()).isFatal();
        new Judged(Status.INTERNAL.withCause(closed).asRuntimeException()).isFatal();
    }

    @Test
    void call_pastItsDeadline_isTimeout() {
        judged("HANG", CallOptions.DEFAULT.withDeadlineAfter(200, TimeUnit.MILLISECONDS))
                .isTransient(ErrorKind.TIMEOUT)
                .isSelectedBy("grpc:DEADLINE_EXCEEDED");
    }

    @Test
    void call_whatIsRefused_isConnect() throws Exception {
        ManagedChannel nowhere = NettyChannelBuilder.forAddress(
                        "127.0.0.1", RawServer.refusing().getPort())
                .usePlaintext()
                .build();
        try {
            Judged.of(() -> ClientCalls.blockingUnaryCall(nowhere, METHOD, CallOptions.DEFAULT, "INTERNAL"))
                    .isTransient(ErrorKind.CONNECT)
                    .isSelectedBy("grpc:UNAVAILABLE");
        } finally {
            nowhere.shutdownNow();
        }
    }
}
