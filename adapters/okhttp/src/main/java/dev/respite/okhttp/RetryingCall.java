package dev.respite.okhttp;

import dev.respite.http.exchange.AsyncTransport;
import dev.respite.http.exchange.ExchangeAttempt;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import kotlin.jvm.functions.Function0;
import kotlin.reflect.KClass;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.EventListener;
import okhttp3.Request;
import okhttp3.Response;
import okio.AsyncTimeout;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/** A call that is retried. Executed, it is a call of the client with the interceptor; enqueued, a call of OkHttp for each attempt. */
final class RetryingCall implements Call {

    private static final System.Logger LOGGER = System.getLogger("dev.respite.okhttp");

    private final OkHttpRetry owner;
    private final Request request;

    /** Has the state of this call, and runs it if it is executed. */
    private final Call call;

    private final List<EventListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean enqueued = new AtomicBoolean();

    RetryingCall(OkHttpRetry owner, Request request) {
        this.owner = owner;
        this.request = request;
        this.call = owner.client().newCall(request);
    }

    @Override
    public Response execute() throws IOException {
        requireFirst();
        return call.execute();
    }

    private void requireFirst() {
        if (!enqueued.compareAndSet(false, true)) {
            throw new IllegalStateException("Already Executed");
        }
    }

    @Override
    public void enqueue(Callback callback) {
        requireFirst();
        CompletableFuture<Response> result = new CompletableFuture<>();
        // A caller's thread and the watchdog of Okio cancel calls, and run no callback.
        Executor executor = owner.retry.time().executor();
        call.addEventListener(new OkHttpTransport.Watch(() -> executor.execute(() -> result.cancel(false))));
        AsyncTimeout timeout = (AsyncTimeout) call.timeout();
        timeout.enter();
        CompletableFuture<?> unused =
                result.whenComplete((response, failure) -> end(callback, timeout.exit(), response, failure));
        if (call.isCanceled()) {
            result.cancel(false);
        } else {
            owner.retry.sendAsync(new Exchange(), result);
        }
    }

    private void end(Callback callback, boolean isLate, @Nullable Response response, @Nullable Throwable failure) {
        try {
            if (response != null) {
                callback.onResponse(this, response);
            } else {
                callback.onFailure(this, thrown(isLate, failure));
            }
        } catch (IOException | RuntimeException failed) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "the callback of a call to " + request.url().redact() + " has failed",
                    failed);
        }
    }

    private static IOException thrown(boolean isLate, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapper ? wrapper.getCause() : failure;
        if (isLate) {
            return new InterruptedIOException("timeout");
        }
        if (cause instanceof IOException io) {
            return io;
        }
        return new IOException(cause instanceof CancellationException ? "Canceled" : "the call has failed", cause);
    }

    @Override
    public void cancel() {
        call.cancel();
    }

    @Override
    public Request request() {
        return request;
    }

    @Override
    public boolean isExecuted() {
        return enqueued.get();
    }

    @Override
    public boolean isCanceled() {
        return call.isCanceled();
    }

    @Override
    public Timeout timeout() {
        return call.timeout();
    }

    @Override
    public void addEventListener(EventListener listener) {
        listeners.add(listener);
        call.addEventListener(listener);
    }

    @Override
    public <T> @Nullable T tag(KClass<T> type) {
        return call.tag(type);
    }

    @Override
    public <T> @Nullable T tag(Class<? extends T> type) {
        return call.tag(type);
    }

    @Override
    public <T> T tag(KClass<T> type, Function0<? extends T> compute) {
        return call.tag(type, compute);
    }

    @Override
    public <T> T tag(Class<T> type, Function0<? extends T> compute) {
        return call.tag(type, compute);
    }

    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod")
    public Call clone() {
        return new RetryingCall(owner, request);
    }

    final class Exchange implements OkHttpTransport, AsyncTransport<Response> {

        private final Sent sent =
                new Sent(request, owner.once.followRedirects(), owner.maxBuffered, new Watch(() -> {}));

        @Override
        public Sent sent() {
            return sent;
        }

        @Override
        public Runnable sendAsync(
                ExchangeAttempt attempt, BiConsumer<? super Response, ? super @Nullable Throwable> done) {
            Call once = owner.once.newCall(begin(attempt));
            once.addEventListener(sent.watch());
            listeners.forEach(once::addEventListener);
            once.enqueue(new Callback() {
                @Override
                public void onResponse(Call sent, Response response) {
                    Response read;
                    try {
                        read = buffered(SingleRequest.restore(response), attempt);
                    } catch (IOException | RuntimeException broken) {
                        done.accept(null, broken);
                        return;
                    }
                    done.accept(read, null);
                }

                @Override
                public void onFailure(Call sent, IOException failure) {
                    done.accept(null, failure);
                }
            });
            return once::cancel;
        }
    }
}
