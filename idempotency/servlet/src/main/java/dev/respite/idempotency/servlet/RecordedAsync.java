package dev.respite.idempotency.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** An asynchronous context that records the response before it completes the container's context. */
final class RecordedAsync implements InvocationHandler {

    private final AsyncContext context;
    private final AsyncRequest async;

    private RecordedAsync(AsyncContext context, AsyncRequest async) {
        this.context = context;
        this.async = async;
    }

    static AsyncContext begun(AsyncContext context, AsyncRequest async) {
        async.onAsyncStarted(context);
        context.addListener(new FinishListener(async));
        return of(context, async);
    }

    static AsyncContext of(AsyncContext context, AsyncRequest async) {
        return Delegation.proxy(AsyncContext.class, new RecordedAsync(context, async));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        switch (method.getName()) {
            case "complete" -> {
                async.end();
                return null;
            }
            case "dispatch" -> async.onDispatched();
            case "addListener" -> {
                if (arguments != null && arguments[0] instanceof AsyncListener listener) {
                    arguments[0] = recorded(listener);
                }
            }
            default -> {}
        }
        return Delegation.call(context, method, arguments);
    }

    /** Returns a listener of the application that receives the recorded context, not the container's. */
    private AsyncListener recorded(AsyncListener listener) {
        return Delegation.proxy(AsyncListener.class, (proxy, method, arguments) -> {
            if (arguments != null && arguments[0] instanceof AsyncEvent event) {
                arguments[0] = new AsyncEvent(
                        of(event.getAsyncContext(), async),
                        event.getSuppliedRequest(),
                        event.getSuppliedResponse(),
                        event.getThrowable());
            }
            return Delegation.call(listener, method, arguments);
        });
    }

    /** Notifies the request when the container has finished it. */
    private record FinishListener(AsyncRequest async) implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            async.onFinished();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
