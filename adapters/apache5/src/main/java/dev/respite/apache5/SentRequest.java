package dev.respite.apache5;

import dev.respite.http.exchange.ExchangeAttempt;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.HttpRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The request of a call, with the header fields of its last attempt. Each attempt sends a copy, which the chain changes. In its
 * scope this is the original request, from which the client takes the fields again after a challenge, and a mark of the retry.
 */
final class SentRequest extends HttpRequestWrapper implements ClassicHttpRequest {

    private final @Nullable HttpEntity entity;
    private final URI uri;
    private volatile boolean sent;

    /** Takes a copy of the caller's request. */
    SentRequest(HttpRequest copy, @Nullable HttpEntity entity, HttpHost target) {
        super(copy);
        this.entity = entity;
        this.uri = uri(copy, target);
    }

    /** The client sends a path that is none of a URI too. */
    private static URI uri(HttpRequest request, HttpHost target) {
        try {
            return request.getUri();
        } catch (URISyntaxException unusual) {
            return URI.create(target.toURI());
        }
    }

    void begin(ExchangeAttempt attempt) {
        sent = false;
        attempt.headers().forEach(this::setHeader);
    }

    /** The client is connected, and sends next. */
    static void sending(HttpRequest original) {
        if (original instanceof SentRequest request) {
            request.sent = true;
        }
    }

    boolean wasSent() {
        return sent;
    }

    URI uri() {
        return uri;
    }

    @Override
    public @Nullable HttpEntity getEntity() {
        return entity;
    }

    @Override
    public void setEntity(@Nullable HttpEntity changed) {
        throw new UnsupportedOperationException("the original request does not change");
    }
}
