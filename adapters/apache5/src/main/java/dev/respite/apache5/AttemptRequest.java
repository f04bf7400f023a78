package dev.respite.apache5;

import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.message.HttpRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * The original request of an attempt, for the elements of the chain inside of the retry. After an authentication challenge the
 * client takes the header fields from it. It marks the scope of an attempt too.
 */
final class AttemptRequest extends HttpRequestWrapper implements ClassicHttpRequest {

    private final @Nullable HttpEntity entity;
    private volatile boolean sent;

    AttemptRequest(HttpRequest request, @Nullable HttpEntity entity) {
        super(request);
        this.entity = entity;
    }

    /** Returns whether a scope with this original request is that of an attempt. */
    static boolean isIn(HttpRequest original) {
        return original instanceof AttemptRequest;
    }

    /** The request of an attempt is about to be sent: the client is connected. */
    static void sending(HttpRequest original) {
        if (original instanceof AttemptRequest attempt) {
            attempt.sent = true;
        }
    }

    /** Returns whether anything of the request may have been sent. */
    boolean wasSent() {
        return sent;
    }

    /** Copies a request for an attempt, during which the chain changes it. */
    static <Q extends BasicHttpRequest> Q copy(HttpRequest request, Q copy) {
        copy.setVersion(request.getVersion());
        copy.setHeaders(request.getHeaders());
        return copy;
    }

    @Override
    public @Nullable HttpEntity getEntity() {
        return entity;
    }

    @Override
    public void setEntity(@Nullable HttpEntity changed) {
        throw new UnsupportedOperationException("the original request of an attempt does not change");
    }
}
