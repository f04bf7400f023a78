package dev.respite.okhttp;

import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.Transport;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Source;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/** A request of OkHttp, however it is sent. */
abstract sealed class OkHttpTransport implements Transport<Response>
        permits RetryInterceptor.Exchange, RetryingCall.Exchange {

    /** A longer body of a rejected response is not read before a delay, nor one that takes longer. */
    private static final int MAX_BODY = 64 * 1024;

    private static final long MAX_READ_MILLIS = 100;

    private final Request request;
    private final boolean mayRedirect;

    /** Observes the attempts. */
    final Watch watch;

    OkHttpTransport(Request request, boolean mayRedirect, Watch watch) {
        this.request = request;
        this.mayRedirect = mayRedirect;
        this.watch = watch;
    }

    /** Returns the request of an attempt, which begins. */
    final Request begin(ExchangeAttempt attempt) {
        watch.begin();
        if (attempt.headers().isEmpty()) {
            return request;
        }
        Request.Builder builder = request.newBuilder();
        attempt.headers().forEach(builder::header);
        return builder.build();
    }

    @Override
    public final String method() {
        return request.method();
    }

    @Override
    public final URI uri() {
        return request.url().uri();
    }

    @Override
    public final List<String> requestHeader(String name) {
        return request.headers(name);
    }

    @Override
    public final boolean isReplayable() {
        @Nullable RequestBody body = request.body();
        return body == null || !(body.isOneShot() || body.isDuplex()) || !watch.bodyBegun;
    }

    @Override
    public final boolean mayHaveBeenSent() {
        return watch.requests.get() > 0;
    }

    /** Returns whether a redirect may have been followed in the attempt: it was more than one request. */
    @Override
    public final boolean followsRedirects() {
        return mayRedirect && watch.requests.get() > 1;
    }

    @Override
    public final URI respondingUri(Response response) {
        return response.request().url().uri();
    }

    @Override
    public final int status(Response response) {
        return response.code();
    }

    @Override
    public final List<String> responseHeader(Response response, String name) {
        return response.headers(name);
    }

    @Override
    public final void discard(Response response) {
        response.close();
    }

    /** Keeps the body if it is short and arrives soon. */
    @Override
    public final Response detach(Response response) {
        try (ResponseBody body = response.body()) {
            return response.newBuilder().body(kept(body)).build();
        }
    }

    private static ResponseBody kept(ResponseBody body) {
        try {
            BufferedSource source = body.source();
            source.timeout().deadline(MAX_READ_MILLIS, TimeUnit.MILLISECONDS);
            if (!source.request(MAX_BODY + 1L)) {
                return ResponseBody.create(source.readByteArray(), body.contentType());
            }
        } catch (IOException broken) {
            // It is not kept.
        }
        return ResponseBody.create(Okio.buffer(new Released()), body.contentType(), -1);
    }

    private static final class Released implements Source {

        @Override
        public long read(Buffer sink, long bytes) throws IOException {
            throw new IOException("the body of this response was released before the delay in which its call ended");
        }

        @Override
        public Timeout timeout() {
            return Timeout.NONE;
        }

        @Override
        public void close() {}
    }

    /** Observes what of an attempt is sent. */
    static final class Watch extends EventListener {

        private final AtomicInteger requests = new AtomicInteger();
        private final Runnable onCancel;
        private volatile boolean bodyBegun;

        /** Creates one, and an action that runs when the call is cancelled. */
        Watch(Runnable onCancel) {
            this.onCancel = onCancel;
        }

        /** Begins another attempt. */
        void begin() {
            requests.set(0);
            bodyBegun = false;
        }

        @Override
        public void requestHeadersStart(Call call) {
            requests.incrementAndGet();
        }

        @Override
        public void requestBodyStart(Call call) {
            bodyBegun = true;
        }

        @Override
        public void canceled(Call call) {
            onCancel.run();
        }
    }
}
