package dev.respite.spring.http;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.ClientResponse;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** The subscriber to the response of one attempt. It releases a response that arrives after the attempt was cancelled. */
final class ResponseSubscriber extends BaseSubscriber<ClientResponse> {

    /** The key under which Reactor looks for the hook of one subscriber. */
    private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";

    private final Context context;
    private final BiConsumer<@Nullable ClientResponse, @Nullable Throwable> done;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean cancelled;

    ResponseSubscriber(Context context, BiConsumer<@Nullable ClientResponse, @Nullable Throwable> done) {
        this.context = context.put(ON_ERROR_DROPPED, (Consumer<Throwable>) error -> dropped(error, context));
        this.done = done;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    /** Connectors report the end of a cancelled exchange as a failure that no subscriber has, which Reactor logs as an error. */
    private void dropped(Throwable error, Context original) {
        if (!cancelled) {
            Operators.onErrorDropped(error, original);
        }
    }

    /** Cancels the exchange. */
    void abandon() {
        cancelled = true;
        cancel();
    }

    @Override
    protected void hookOnNext(ClientResponse response) {
        if (ended.compareAndSet(false, true)) {
            done.accept(response, null);
        } else {
            Received.release(response);
        }
    }

    @Override
    protected void hookOnError(Throwable error) {
        if (ended.compareAndSet(false, true)) {
            done.accept(null, error);
        }
    }

    @Override
    protected void hookOnComplete() {
        hookOnError(new IllegalStateException("the client completed without a response"));
    }
}
