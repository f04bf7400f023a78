package dev.respite.grpc;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server within the process that responds as a test has set, and counts its requests. */
abstract class GrpcFixture {

    static final String POLICY = "max-attempts=3 base-delay=100ms multiplier=1 jitter=none budget=off";

    static final MethodDescriptor<String, String> FETCH =
            method("Fetch", MethodType.UNARY).setIdempotent(true).build();
    static final MethodDescriptor<String, String> PEEK =
            method("Peek", MethodType.UNARY).setSafe(true).build();
    static final MethodDescriptor<String, String> ORDER =
            method("Order", MethodType.UNARY).build();
    static final MethodDescriptor<String, String> WATCH =
            method("Watch", MethodType.SERVER_STREAMING).setSafe(true).build();

    static final Metadata.Key<String> PREVIOUS = key("grpc-previous-rpc-attempts");
    static final Metadata.Key<String> PUSHBACK = key("grpc-retry-pushback-ms");
    static final Metadata.Key<String> X = key("x");

    private final String name = "server-" + System.identityHashCode(this);
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private Server server;

    /** The metadata of the requests that have arrived. */
    final List<Metadata> requests = new CopyOnWriteArrayList<>();

    /** The messages that have arrived. */
    final List<String> messages = new CopyOnWriteArrayList<>();

    final List<Context> contexts = new CopyOnWriteArrayList<>();

    final HeldTime time = new HeldTime();

    /** The reaction of the server to a call. */
    @FunctionalInterface
    interface Reply {
        void to(ServerCall<String, String> call);

        static Reply of(Status status) {
            return of(status, new Metadata());
        }

        static Reply of(Status status, Metadata trailers) {
            return call -> call.close(status, trailers);
        }

        static Reply of(String message) {
            return call -> {
                call.sendHeaders(metadata(X, message));
                call.sendMessage(message);
                call.close(Status.OK, metadata(X, message));
            };
        }
    }

    static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    static Metadata metadata(Metadata.Key<String> key, String value) {
        Metadata metadata = new Metadata();
        metadata.put(key, value);
        return metadata;
    }

    static MethodDescriptor.Builder<String, String> method(String name, MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName("acme.Quotes/" + name)
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text());
    }

    static final class Text implements MethodDescriptor.Marshaller<String> {
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
        server = InProcessServerBuilder.forName(name)
                .directExecutor()
                .addService(ServerServiceDefinition.builder("acme.Quotes")
                        .addMethod(FETCH, this::serve)
                        .addMethod(PEEK, this::serve)
                        .addMethod(ORDER, this::serve)
                        .addMethod(WATCH, this::serve)
                        .build())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        server.shutdownNow();
    }

    private ServerCall.Listener<String> serve(ServerCall<String, String> call, Metadata headers) {
        requests.add(headers);
        contexts.add(Context.current());
        call.request(1);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(String message) {
                messages.add(message);
            }

            @Override
            public void onHalfClose() {
                Reply reply = replies.poll();
                if (reply != null) {
                    reply.to(call);
                }
            }
        };
    }

    /** Sets the replies to the next requests. The server does not respond to any other. */
    void replies(Reply... set) {
        replies.addAll(List.of(set));
    }

    static Reply unavailable() {
        return Reply.of(Status.UNAVAILABLE.withDescription("busy"));
    }

    ManagedChannel channel(GrpcRetry retry) {
        return add(retry.install(InProcessChannelBuilder.forName(name)));
    }

    ManagedChannel directChannel(GrpcRetry retry) {
        return add(retry.install(InProcessChannelBuilder.forName(name).directExecutor()));
    }

    ManagedChannel add(InProcessChannelBuilder builder) {
        ManagedChannel channel = builder.build();
        channels.add(channel);
        return channel;
    }

    InProcessChannelBuilder plain() {
        return InProcessChannelBuilder.forName(name);
    }

    Retry retry() {
        return retry(POLICY);
    }

    /** A retry in the held time. */
    Retry retry(String policy) {
        return Retry.of(RetryPolicy.parse(policy), time);
    }

    /** A retry whose delays are short, in the time of the system. */
    static Retry quick(String settings) {
        return Retry.of(RetryPolicy.parse("base-delay=1ms jitter=none budget=off " + settings));
    }

    static String call(Channel channel, MethodDescriptor<String, String> method) {
        return call(channel, method, CallOptions.DEFAULT);
    }

    /** Calls by a blocking stub; returns the message, or the code of the failure. */
    static String call(Channel channel, MethodDescriptor<String, String> method, CallOptions options) {
        try {
            return ClientCalls.blockingUnaryCall(channel, method, options, "tea");
        } catch (StatusRuntimeException failed) {
            return failed.getStatus().getCode().name();
        }
    }

    static StopReason reason(Retry retry) {
        List<StopReason> reasons = List.copyOf(retry.counts().endings().keySet());
        if (reasons.size() != 1) {
            throw new AssertionError("not one ending: " + retry.counts());
        }
        return reasons.get(0);
    }
}
