package dev.respite.okhttp;

import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.Transport;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
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
abstract class OkHttpTransport implements Transport<Response> {

    /** A longer body of a rejected response is not read before a delay, nor one that takes longer. */
    private static final int MAX_BODY = 64 * 1024;

    private static final long MAX_READ_MILLIS = 100;

    private final Request request;
    private final boolean mayRedirect;
    private final Watch watch;

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
        return body == null || !(body.isOneShot() || body.isDuplex()) || !watch.hasBodyBegun();
    }

    @Override
    public final boolean mayHaveBeenSent() {
        return watch.mayHaveBeenSent();
    }

    /** Returns whether a redirect may have been followed in the attempt. */
    @Override
    public final boolean followsRedirects() {
        return mayRedirect && watch.hasFollowedUp();
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
        ResponseBody kept;
        try (ResponseBody body = response.body()) {
            BufferedSource source = body.source();
            source.timeout().deadline(MAX_READ_MILLIS, TimeUnit.MILLISECONDS);
            boolean isLong = source.request(MAX_BODY + 1L);
            kept = isLong ? new ReleasedBody(body) : ResponseBody.create(source.readByteArray(), body.contentType());
        } catch (IOException broken) {
            kept = new ReleasedBody(response.body());
        }
        return response.newBuilder().body(kept).build();
    }

    /** The body of a response that was released before a delay in which the call ended. */
    private static final class ReleasedBody extends ResponseBody {

        private final @Nullable MediaType type;

        ReleasedBody(ResponseBody released) {
            this.type = released.contentType();
        }

        @Override
        public @Nullable MediaType contentType() {
            return type;
        }

        @Override
        public long contentLength() {
            return -1;
        }

        @Override
        public BufferedSource source() {
            return Okio.buffer(new Unreadable());
        }
    }

    private static final class Unreadable implements Source {

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
}
