package consumer;

import dev.respite.Retry;
import dev.respite.grpc.GrpcRetry;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Prints: OK in 2 requests, without the library of RetryInfo */
final class Main {

    private static final MethodDescriptor<byte[], byte[]> FETCH = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName("acme.Quotes/Fetch")
            .setIdempotent(true)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    private static final AtomicInteger REQUESTS = new AtomicInteger();

    private static String QUOTES;

    private Main() {}

    static void main(String[] args) throws Exception {
        Server server = flakyServer();
        QUOTES = "localhost:" + server.getPort();
        // snippet docs/grpc.md
        ManagedChannel channel = GrpcRetry.of(Retry.withDefaults())
                .install(ManagedChannelBuilder.forTarget(QUOTES).usePlaintext())
                .build();
        // end
        ClientCall<byte[], byte[]> call = channel.newCall(FETCH, CallOptions.DEFAULT);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(2);
        call.sendMessage(new byte[0]);
        call.halfClose();
        System.out.println(
                end.get().getCode() + " in " + REQUESTS + " requests, without the library of RetryInfo");
        channel.shutdownNow();
        server.shutdownNow();
    }

    /** A server whose first response is an error with details. */
    private static Server flakyServer() throws IOException {
        return ServerBuilder.forPort(0)
                .addService(ServerServiceDefinition.builder("acme.Quotes")
                        .addMethod(FETCH, Main::respond)
                        .build())
                .build()
                .start();
    }

    private static ServerCall.Listener<byte[]> respond(ServerCall<byte[], byte[]> call, Metadata headers) {
        Metadata trailers = new Metadata();
        if (REQUESTS.incrementAndGet() == 1) {
            trailers.put(Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1});
            call.close(Status.UNAVAILABLE, trailers);
        } else {
            call.sendHeaders(new Metadata());
            call.sendMessage(new byte[0]);
            call.close(Status.OK, trailers);
        }
        return new ServerCall.Listener<>() {};
    }

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            return new byte[0];
        }
    }
}
