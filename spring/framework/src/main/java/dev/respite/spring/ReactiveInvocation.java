package dev.respite.spring;

import dev.respite.reactor.ReactorRetry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Calls of methods that return a publisher, or are made one by Spring's proxies as suspending functions are. */
final class ReactiveInvocation {

    private ReactiveInvocation() {}

    /** The publisher that a method returns, which makes a call for each subscriber. */
    static Object of(RetriedCall call) {
        ReactorRetry retry = ReactorRetry.of(call.attempts().retry());
        Publisher<Object> retried = call.method().kind() == CallKind.SINGLE ? single(call, retry) : stream(call, retry);
        if (KotlinDetector.isSuspendingFunction(call.method().method())) {
            return retried;
        }
        return adapter(call).fromPublisher(retried);
    }

    private static Mono<Object> single(RetriedCall call, ReactorRetry retry) {
        Mono<Object> retried = retry.mono(attempt -> Mono.from(attempt(call)));
        return call.method().fallbacks().isEmpty()
                ? retried
                : retried.onErrorResume(
                        failure -> call.isReplaced(failure, false), failure -> Mono.from(fallback(call, failure)));
    }

    private static Flux<Object> stream(RetriedCall call, ReactorRetry retry) {
        Flux<Object> retried = retry.flux(attempt -> Flux.from(attempt(call)));
        return call.method().fallbacks().isEmpty()
                ? retried
                : retried.onErrorResume(failure -> call.isReplaced(failure, false), failure -> fallback(call, failure));
    }

    private static Publisher<Object> attempt(RetriedCall call) {
        return publisher(call, call.attempt());
    }

    private static Publisher<Object> fallback(RetriedCall call, Throwable failure) {
        try {
            return publisher(call, call.fallback(failure));
        } catch (Throwable failed) {
            return Mono.error(failed);
        }
    }

    @SuppressWarnings("unchecked") // publishers only produce
    private static Publisher<Object> publisher(RetriedCall call, @Nullable Object returned) {
        Object source = Objects.requireNonNull(returned, "the method returned null instead of a publisher");
        return source instanceof Publisher<?> publisher
                ? (Publisher<Object>) publisher
                : adapter(call).toPublisher(source);
    }

    private static ReactiveAdapter adapter(RetriedCall call) {
        return Objects.requireNonNull(
                ReactiveAdapterRegistry.getSharedInstance()
                        .getAdapter(call.method().method().getReturnType()),
                "the kind of the method says that there is one");
    }
}
