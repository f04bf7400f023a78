package dev.respite.spring.boot.advice;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;

/** Subscribes to its source in the request that the context of the subscriber has: calls that begin by that belong to it. */
final class ScopedMono<T> extends MonoOperator<T, T> {

    /** The key of the advice in the context of subscribers. */
    static final Object ADVICE = RequestAdvice.class;

    private final RequestAdvices advices;

    ScopedMono(RequestAdvices advices, Mono<? extends T> source) {
        super(source);
        this.advices = advices;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> subscriber) {
        @Nullable RequestAdvice advice = subscriber.currentContext().getOrDefault(ADVICE, null);
        if (advice == null) {
            source.subscribe(subscriber);
            return;
        }
        @Nullable RequestAdvice before = advices.enter(advice);
        try {
            source.subscribe(subscriber);
        } finally {
            advices.leave(before);
        }
    }
}
