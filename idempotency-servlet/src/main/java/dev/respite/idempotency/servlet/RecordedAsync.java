package dev.respite.idempotency.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;

/** An asynchronous context whose end is recorded before the container hears of it. */
final class RecordedAsync implements AsyncContext {

    private final AsyncContext context;
    private final Running running;

    private RecordedAsync(AsyncContext context, Running running) {
        this.context = context;
        this.running = running;
    }

    static RecordedAsync begun(AsyncContext context, Running running) {
        running.isAsync(context);
        context.addListener(new WhenOver(running));
        return of(context, running);
    }

    static RecordedAsync of(AsyncContext context, Running running) {
        return new RecordedAsync(context, running);
    }

    @Override
    public void complete() {
        running.end();
    }

    @Override
    public void dispatch() {
        running.isDispatched();
        context.dispatch();
    }

    @Override
    public void dispatch(String path) {
        running.isDispatched();
        context.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext servlets, String path) {
        running.isDispatched();
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
        context.addListener(new Heard(listener, running));
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
        context.addListener(new Heard(listener, running), request, response);
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

    /** A listener, to whom the container would give its own context: what that completes by itself is recorded by nobody. */
    private record Heard(AsyncListener listener, Running running) implements AsyncListener {

        private AsyncEvent recorded(AsyncEvent event) {
            return new AsyncEvent(
                    of(event.getAsyncContext(), running),
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

    /** Hears when the container is done with a request; all else is for the listeners of what is behind the filter. */
    private record WhenOver(Running running) implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            running.isOver();
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
