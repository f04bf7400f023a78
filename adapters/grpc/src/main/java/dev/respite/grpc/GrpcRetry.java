package dev.respite.grpc;

import dev.respite.Retry;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * Retries the unary calls of a channel, in place of the retries of its service config. Create one for each target.
 *
 * <pre>{@code
 * ManagedChannel channel = GrpcRetry.of(retry).install(ManagedChannelBuilder.forTarget("quotes:443")).build();
 * }</pre>
 *
 * <p>A call may be repeated if its method is idempotent or safe by its {@code idempotency_level}, or is named by {@link
 * #withRepeatable}. Otherwise it is repeated only after an attempt of which nothing was sent. Interceptors that were added to the builder
 * before see each attempt.
 *
 * <p>The deadline of the caller holds for all attempts. An attempt has a deadline of its own from the policy. {@code
 * grpc-retry-pushback-ms} and {@code RetryInfo} of the server are obeyed; the latter needs {@code protobuf-java} on the class
 * path. The caller receives the header fields, the message and the status of the last attempt. A delay holds no thread.
 *
 * <p>Streaming calls pass through. Immutable, and safe for use by any number of threads.
 */
public final class GrpcRetry {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.grpc");

    private static final Pattern NAME = Pattern.compile("[^/\\s]+(/[^/\\s]+)?");

    /** Marks the attempts of a call, so that they are not calls that are retried. */
    private static final CallOptions.Key<Boolean> IS_ATTEMPT =
            CallOptions.Key.createWithDefault("dev.respite.grpc.IS_ATTEMPT", false);

    private final Retry retry;
    private final Set<String> repeatable;

    private GrpcRetry(Retry retry, Set<String> repeatable) {
        this.retry = Objects.requireNonNull(retry, "retry");
        this.repeatable = Set.copyOf(repeatable);
    }

    /**
     * {@return a retry of unary calls}
     *
     * @param retry the policy, the budget, the time and the listeners
     */
    public static GrpcRetry of(Retry retry) {
        return new GrpcRetry(retry, Set.of());
    }

    /**
     * Returns a retry that may repeat more methods, besides those that are idempotent or safe by their descriptors.
     *
     * @param names full names of methods, such as {@code acme.Quotes/Fetch}, or of services, such as {@code acme.Quotes}
     * @return the retry
     * @throws IllegalArgumentException if a name is of neither form
     */
    public GrpcRetry withRepeatable(String... names) {
        Set<String> all = new HashSet<>(repeatable);
        for (String name : names) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("method '" + name
                        + "': must be a full name such as acme.Quotes/Fetch, or that of a service such as acme.Quotes;"
                        + " use MethodDescriptor.getFullMethodName()");
            }
            all.add(name);
        }
        return new GrpcRetry(retry, all);
    }

    /**
     * Adds this retry to a channel, and switches off the retries and the hedging of service configs. The transparent retries of gRPC, of
     * calls that the server has not seen, remain.
     *
     * @param builder the builder of the channel
     * @param <B> its type
     * @return the builder
     */
    public <B extends ManagedChannelBuilder<?>> B install(B builder) {
        builder.maxRetryAttempts(1);
        builder.maxHedgedAttempts(1);
        builder.intercept(new Interceptor());
        return builder;
    }

    private boolean isRepeatable(MethodDescriptor<?, ?> method) {
        return method.isIdempotent()
                || method.isSafe()
                || repeatable.contains(method.getFullMethodName())
                || repeatable.contains(String.valueOf(method.getServiceName()));
    }

    private final class Interceptor implements ClientInterceptor {

        private final AtomicBoolean hasWarned = new AtomicBoolean();

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            boolean isUnary = method.getType() == MethodType.UNARY;
            if (!isUnary && hasWarned.compareAndSet(false, true)) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "streaming calls such as " + method.getFullMethodName()
                                + " are not retried: GrpcRetry retries unary calls. Repeat the whole stream by Retry.call");
            }
            if (!isUnary || options.getOption(IS_ATTEMPT)) {
                return next.newCall(method, options);
            }
            Executor executor = options.getExecutor();
            CallOptions marked = options.withOption(IS_ATTEMPT, true);
            return new RetryingCall<>(
                    new Attempts<>(retry, isRepeatable(method), marked, own -> next.newCall(method, own)),
                    executor == null ? retry.time().executor() : executor);
        }
    }
}
