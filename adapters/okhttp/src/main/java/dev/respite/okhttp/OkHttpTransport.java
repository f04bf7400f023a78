package dev.respite.okhttp;

import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.Transport;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
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
sealed interface OkHttpTransport extends Transport<Response> permits RetryInterceptor.Exchange, RetryingCall.Exchange {

    /** A longer body of a rejected response is not read before a delay, nor one that takes longer. */
    int MAX_BODY = 64 * 1024;

    long MAX_READ_MILLIS = 100;

    /** OkHttp's own limits end an attempt after this time: the interrupt should come first, because it names the limit. */
    long MARGIN_MILLIS = 2;

    /**
     * The request of the caller, whether the client follows redirects, how many bytes of a response are buffered, and the observer
     * of the attempts.
     */
    record Sent(Request request, boolean mayRedirect, int maxBuffered, Watch watch) {}

    Sent sent();

    /** Returns the request of an attempt, which begins. */
    default Request begin(ExchangeAttempt attempt) {
        sent().watch.begin();
        if (attempt.headers().isEmpty()) {
            return sent().request;
        }
        Request.Builder builder = sent().request.newBuilder();
        attempt.headers().forEach(builder::header);
        return builder.build();
    }

    @Override
    default String method() {
        return sent().request.method();
    }

    @Override
    default URI uri() {
        return uriOf(sent().request.url());
    }

    @Override
    default String origin() {
        HttpUrl url = sent().request.url();
        return Transport.originOf(url.scheme(), url.host(), url.port());
    }

    @Override
    default List<String> requestHeader(String name) {
        return sent().request.headers(name);
    }

    @Override
    default boolean isReplayable() {
        @Nullable RequestBody body = sent().request.body();
        return body == null || !(body.isOneShot() || body.isDuplex()) || !sent().watch.bodyBegun;
    }

    @Override
    default boolean mayHaveBeenSent() {
        return sent().watch.requests.get() > 0;
    }

    /** Returns whether a redirect may have been followed in the attempt: it was more than one request. */
    @Override
    default boolean followsRedirects() {
        return sent().mayRedirect && sent().watch.requests.get() > 1;
    }

    @Override
    default URI respondingUri(Response response) {
        return uriOf(response.request().url());
    }

    /** Returns what {@code url.uri()} returns, which spells each part anew, in a fifth of its time. */
    private static URI uriOf(HttpUrl url) {
        try {
            return new URI(url.toString());
        } catch (URISyntaxException lenient) {
            return url.uri();
        }
    }

    @Override
    default int status(Response response) {
        return response.code();
    }

    @Override
    default List<String> responseHeader(Response response, String name) {
        return response.headers(name);
    }

    /**
     * Reads the body of a response inside the attempt, if it is to be buffered: into the buffer of its source, from which the caller
     * reads it. The caller's reads go on behind the buffer if the body is longer.
     */
    default Response buffered(Response response, ExchangeAttempt attempt) throws IOException {
        ResponseBody body = response.body();
        int max = sent().maxBuffered;
        if (!attempt.mayBuffer(response.code(), response::headers, body.contentLength(), max)) {
            return response;
        }
        try {
            BufferedSource source = body.source();
            attempt.remaining()
                    .ifPresent(
                            left -> source.timeout().deadline(left.toMillis() + MARGIN_MILLIS, TimeUnit.MILLISECONDS));
            source.request(max + 1L);
            source.timeout().clearDeadline();
            return response;
        } catch (IOException | RuntimeException broken) {
            body.close();
            throw broken;
        }
    }

    @Override
    default void discard(Response response) {
        response.close();
    }

    /** Keeps the body if it is short and arrives soon. */
    @Override
    default Response detach(Response response) {
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

    /** The body of a response that was released before a delay in which its call ended. */
    final class Released implements Source {

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
    final class Watch extends EventListener {

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
