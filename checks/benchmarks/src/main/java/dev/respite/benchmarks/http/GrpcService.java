package dev.respite.benchmarks.http;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;

/** A gRPC method without effects that responds to every call at once with the same small message. */
final class GrpcService {

    private static final byte[] REQUEST = {};
    private static final byte[] RESPONSE = new byte[ServerProcess.BODY_LENGTH];

    private static final MethodDescriptor<byte[], byte[]> FETCH = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodType.UNARY)
            .setFullMethodName("acme.Quotes/Fetch")
            .setSafe(true)
            .setRequestMarshaller(new Bytes())
            .setResponseMarshaller(new Bytes())
            .build();

    private GrpcService() {}

    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }

    /** Starts a server on the loopback interface. */
    static Server start() throws IOException {
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .directExecutor()
                .addService(ServerServiceDefinition.builder("acme.Quotes")
                        .addMethod(FETCH, ServerCalls.<byte[], byte[]>asyncUnaryCall((request, observer) -> {
                            observer.onNext(RESPONSE);
                            observer.onCompleted();
                        }))
                        .build())
                .build()
                .start();
    }

    /** Returns a blocking call of a channel. */
    static Callable<byte[]> call(ManagedChannelBuilder<?> builder) {
        ManagedChannel channel = builder.usePlaintext().build();
        return () -> ClientCalls.blockingUnaryCall(channel, FETCH, CallOptions.DEFAULT, REQUEST);
    }
}
