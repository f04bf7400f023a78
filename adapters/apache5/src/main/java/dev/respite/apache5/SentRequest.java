package dev.respite.apache5;

import dev.respite.http.exchange.ExchangeAttempt;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;

/**
 * The request of a call, with the header fields of its last attempt. Each attempt sends a copy, which the chain changes. In its
 * scope this is the original request, from which the client takes the fields again after a challenge, and a mark of the retry.
 */
final class SentRequest extends BasicClassicHttpRequest {

    private static final long serialVersionUID = 1L;

    private final HttpHost target;

    /** False if it has a body that can be sent once. */
    final boolean isRepeatable;

    /** True if something of the last attempt may have been sent. */
    volatile boolean sent;

    /** Copies the caller's request. */
    SentRequest(HttpRequest request, HttpHost target, boolean isRepeatable) {
        super(request.getMethod(), request.getScheme(), request.getAuthority(), request.getPath());
        copy(request, this);
        this.target = target;
        this.isRepeatable = isRepeatable;
    }

    /** The client sends a path that is none of a URI too. */
    URI uri() {
        try {
            return getUri();
        } catch (URISyntaxException unusual) {
            return URI.create(target.toURI());
        }
    }

    private static void copy(HttpRequest from, HttpRequest to) {
        to.setVersion(from.getVersion());
        to.setHeaders(from.getHeaders());
    }

    /** Begins an attempt, and returns the copy that is sent in it. */
    ClassicHttpRequest begin(ExchangeAttempt attempt) {
        sent = false;
        attempt.headers().forEach(this::setHeader);
        ClassicHttpRequest copy = new BasicClassicHttpRequest(getMethod(), getScheme(), getAuthority(), getPath());
        copy(this, copy);
        copy.setEntity(getEntity());
        return copy;
    }

    /** The client is connected, and sends next. */
    static void sending(HttpRequest original) {
        if (original instanceof SentRequest request) {
            request.sent = true;
        }
    }
}
