package dev.respite.apache5;

import dev.respite.http.exchange.Transport;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** A request of Apache HttpClient, however it is sent. */
sealed interface ApacheTransport<R> extends Transport<R> permits ClassicCall, AsyncCall {

    /** A longer body of a rejected response is not read before a delay, nor one that takes longer. */
    int MAX_BODY = 64 * 1024;

    long MAX_READ_NANOS = 100_000_000;

    /** The reason why the last response of a call has no body, if it ended in a delay. */
    String RELEASED = "the body of this response was released before the delay in which its call ended";

    SentRequest request();

    @Override
    default String method() {
        return request().getMethod();
    }

    @Override
    default URI uri() {
        return request().uri();
    }

    @Override
    default String origin() {
        @Nullable String scheme = request().getScheme();
        @Nullable URIAuthority server = request().getAuthority();
        return scheme == null || server == null
                ? Transport.super.origin()
                : Transport.originOf(scheme, server.getHostName(), server.getPort());
    }

    @Override
    default List<String> requestHeader(String name) {
        return values(request(), name);
    }

    @Override
    default boolean mayHaveBeenSent() {
        return request().sent;
    }

    @Override
    default boolean isReplayable() {
        return request().isRepeatable || !request().sent;
    }

    /** Returns false: a redirect is followed outside of this call, by another one. */
    @Override
    default boolean followsRedirects() {
        return false;
    }

    static List<String> values(HttpMessage message, String name) {
        return Arrays.stream(message.getHeaders(name)).map(Header::getValue).toList();
    }
}
