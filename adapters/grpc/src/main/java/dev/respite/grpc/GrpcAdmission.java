package dev.respite.grpc;

import dev.respite.admission.RetryAdmission;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Refuses retries while a server of gRPC is congested, so that first attempts get its threads.
 *
 * <pre>{@code
 * GrpcAdmission admission = GrpcAdmission.of(RetryAdmission.ofTimeout(Duration.ofSeconds(2)));
 * Server server = admission.install(Grpc.newServerBuilderForPort(443, credentials)).addService(quotes).build();
 * }</pre>
 *
 * <p>A refusal is {@code UNAVAILABLE} with the trailer {@code grpc-retry-pushback-ms: -1}, by which clients of gRPC make no further
 * attempt. It comes before the message is read. Calls in progress are unary and streaming calls that have not ended.
 *
 * <p>Safe for use by any number of threads.
 */
public final class GrpcAdmission {

    private final RetryAdmission admission;
    private final LongSupplier nanoTime;

    /** The time at which a call has arrived. */
    private final Context.Key<Long> arrival = Context.key("dev.respite.grpc.arrival");

    private final AtomicInteger inProgress = new AtomicInteger();
    private final LongAdder refusedRetries = new LongAdder();

    GrpcAdmission(RetryAdmission admission, LongSupplier nanoTime) {
        this.admission = Objects.requireNonNull(admission, "admission");
        this.nanoTime = nanoTime;
    }

    /**
     * {@return an admission of calls}
     *
     * @param admission the rule
     */
    public static GrpcAdmission of(RetryAdmission admission) {
        return new GrpcAdmission(admission, System::nanoTime);
    }

    /**
     * Adds this admission to a server, and measures the time that calls wait for a thread. Interceptors that are added later run before
     * it.
     *
     * @param builder the builder of the server
     * @param <B> its type
     * @return the builder
     */
    public <B extends ServerBuilder<?>> B install(B builder) {
        builder.addStreamTracerFactory(new Arrivals());
        builder.intercept(new Interceptor());
        return builder;
    }

    /** {@return the number of retries that were refused} */
    public long refusedRetries() {
        return refusedRetries.sum();
    }

    /** {@return the number of calls in progress} */
    public int inProgress() {
        return inProgress.get();
    }

    /** Notes the arrival of each call, on a thread of its connection. */
    private final class Arrivals extends ServerStreamTracer.Factory {
        @Override
        public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
            long now = nanoTime.getAsLong();
            return new ServerStreamTracer() {
                @Override
                public Context filterContext(Context context) {
                    return context.withValue(arrival, now);
                }
            };
        }
    }

    /** Returns all values of a header as one; null if there is none. */
    private static @Nullable String lines(Metadata headers, String name) {
        @Nullable Iterable<String> lines = headers.getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
        return lines == null ? null : String.join(",", lines);
    }

    /** Refuses a call, or counts it until its end. */
    private final class Interceptor implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            int attempt = RetryAdmission.attemptOf(name -> lines(headers, name));
            @Nullable Long arrived = arrival.get();
            OptionalLong waited =
                    arrived == null ? OptionalLong.empty() : OptionalLong.of(nanoTime.getAsLong() - arrived);
            if (!admission.admits(attempt, waited, inProgress.incrementAndGet())) {
                inProgress.decrementAndGet();
                refusedRetries.increment();
                Metadata trailers = new Metadata();
                trailers.put(GrpcRules.PUSHBACK, "-1");
                call.close(Status.UNAVAILABLE.withDescription("the server is congested and refuses retries"), trailers);
                return new ServerCall.Listener<>() {};
            }
            try {
                return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {

                    // One of the two is the last callback of a call.
                    @Override
                    public void onCancel() {
                        inProgress.decrementAndGet();
                        super.onCancel();
                    }

                    @Override
                    public void onComplete() {
                        inProgress.decrementAndGet();
                        super.onComplete();
                    }
                };
            } catch (Throwable failed) {
                inProgress.decrementAndGet();
                throw failed;
            }
        }
    }
}
