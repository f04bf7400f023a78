package dev.respite.spring.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Receives the response of one attempt, also one that arrives when the attempt has just been cancelled: it must be released. */
final class ResponseSubscriber implements CoreSubscriber<ClientResponse> {

    private final Context context;
    private final BiConsumer<@Nullable ClientResponse, @Nullable Throwable> done;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable Subscription upstream;
    private volatile boolean cancelled;

    ResponseSubscriber(Context context, BiConsumer<@Nullable ClientResponse, @Nullable Throwable> done) {
        this.context = context;
        this.done = done;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        if (cancelled) {
            subscription.cancel();
        } else {
            subscription.request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(ClientResponse response) {
        if (ended.compareAndSet(false, true)) {
            done.accept(response, null);
        } else {
            Received.release(response);
        }
    }

    @Override
    public void onError(Throwable error) {
        if (ended.compareAndSet(false, true)) {
            done.accept(null, error);
        } else if (!cancelled) {
            Operators.onErrorDropped(error, context);
        }
    }

    @Override
    public void onComplete() {
        if (ended.compareAndSet(false, true)) {
            done.accept(null, new IllegalStateException("the client completed without a response"));
        }
    }

    void cancel() {
        cancelled = true;
        Subscription subscription = upstream;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
