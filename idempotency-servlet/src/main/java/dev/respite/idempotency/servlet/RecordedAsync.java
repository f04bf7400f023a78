package dev.respite.idempotency.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/** An asynchronous context that records the response before it completes the container's context. */
final class RecordedAsync implements AsyncContext {

    private final AsyncContext context;
    private final AsyncRequest async;

    private RecordedAsync(AsyncContext context, AsyncRequest async) {
        this.context = context;
        this.async = async;
    }

    static RecordedAsync begun(AsyncContext context, AsyncRequest async) {
        async.onAsyncStarted(context);
        context.addListener(new FinishListener(async));
        return of(context, async);
    }

    static RecordedAsync of(AsyncContext context, AsyncRequest async) {
        return new RecordedAsync(context, async);
    }

    @Override
    public void complete() {
        async.end();
    }

    @Override
    public void dispatch() {
        async.onDispatched();
        context.dispatch();
    }

    @Override
    public void dispatch(String path) {
        async.onDispatched();
        context.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext servlets, String path) {
        async.onDispatched();
        context.dispatch(servlets, path);
    }

    @Override
    public void start(Runnable task) {
        context.start(task);
    }

    @Override
    public ServletRequest getRequest() {
        return context.getRequest();
    }

    @Override
    public ServletResponse getResponse() {
        return context.getResponse();
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return context.hasOriginalRequestAndResponse();
    }

    @Override
    public void addListener(AsyncListener listener) {
        context.addListener(new WrappedListener(listener, async));
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
        context.addListener(new WrappedListener(listener, async), request, response);
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
        return context.createListener(type);
    }

    @Override
    public void setTimeout(long millis) {
        context.setTimeout(millis);
    }

    @Override
    public long getTimeout() {
        return context.getTimeout();
    }

    /**
     * Passes this context to a listener. The container would pass its own context, and a response completed there would not
     * be recorded.
     */
    private record WrappedListener(AsyncListener listener, AsyncRequest async) implements AsyncListener {

        private AsyncEvent recorded(AsyncEvent event) {
            return new AsyncEvent(
                    of(event.getAsyncContext(), async),
                    event.getSuppliedRequest(),
                    event.getSuppliedResponse(),
                    event.getThrowable());
        }

        @Override
        public void onComplete(AsyncEvent event) throws IOException {
            listener.onComplete(recorded(event));
        }

        @Override
        public void onTimeout(AsyncEvent event) throws IOException {
            listener.onTimeout(recorded(event));
        }

        @Override
        public void onError(AsyncEvent event) throws IOException {
            listener.onError(recorded(event));
        }

        @Override
        public void onStartAsync(AsyncEvent event) throws IOException {
            listener.onStartAsync(recorded(event));
        }
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
