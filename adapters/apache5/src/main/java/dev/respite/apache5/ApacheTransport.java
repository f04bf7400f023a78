package dev.respite.apache5;

import dev.respite.http.exchange.ExchangeAttempt;
import dev.respite.http.exchange.Transport;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.jspecify.annotations.Nullable;

/** A request of Apache HttpClient, however it is sent. */
sealed interface ApacheTransport<R> extends Transport<R> permits ClassicCall, AsyncCall {

    /** A longer body of a rejected response is not read before a delay, nor one that takes longer. */
    int MAX_BODY = 64 * 1024;

    long MAX_READ_NANOS = 100_000_000;

    /** The reason why the last response of a call has no body, if it ended in a delay. */
    String RELEASED = "the body of this response was released before the delay in which its call ended";

    Sent sent();

    /** The request of the caller, which no attempt changes, and the original request of the last attempt. */
    final class Sent {

        private static final Pattern NO_HOST_NAME = Pattern.compile("[^a-zA-Z0-9.-]");

        private final HttpRequest request;
        private final URI uri;
        private volatile @Nullable AttemptRequest last;

        Sent(HttpRequest request, HttpHost target) {
            this.request = request;
            this.uri = uri(request, target);
        }

        /** Begins an attempt with its original request. */
        void begin(AttemptRequest original) {
            last = original;
        }

        boolean mayHaveBeenSent() {
            AttemptRequest begun = last;
            return begun != null && begun.wasSent();
        }

        /** The client sends also what is no URI: a path with a space, or the name of a container with an underscore. */
        private static URI uri(HttpRequest request, HttpHost target) {
            try {
                URI uri = request.getUri();
                if (uri.getScheme() != null && uri.getHost() != null) {
                    return uri;
                }
            } catch (URISyntaxException unusual) {
                // Its origin is known all the same.
            }
            String host = target.getHostName();
            String name = host.indexOf(':') < 0 ? NO_HOST_NAME.matcher(host).replaceAll("-") : host;
            try {
                return new URI(target.getSchemeName(), null, name, target.getPort(), "/", null, null);
            } catch (URISyntaxException none) {
                throw new IllegalArgumentException(
                        "the host '" + host + "' is none of a URI, so its requests have no budget: use another name or"
                                + " the address",
                        none);
            }
        }
    }

    /** Returns a copy of the request with the header fields of an attempt. */
    default <Q extends BasicHttpRequest> Q withHeaders(ExchangeAttempt attempt, Q copy) {
        Q own = AttemptRequest.copy(sent().request, copy);
        attempt.headers().forEach(own::setHeader);
        return own;
    }

    @Override
    default String method() {
        return sent().request.getMethod();
    }

    @Override
    default URI uri() {
        return sent().uri;
    }

    @Override
    default List<String> requestHeader(String name) {
        return values(sent().request, name);
    }

    @Override
    default boolean mayHaveBeenSent() {
        return sent().mayHaveBeenSent();
    }

    /** Returns false: a redirect is followed outside of this call, by another one. */
    @Override
    default boolean followsRedirects() {
        return false;
    }

    /** Returns the values of a header field. */
    static List<String> values(HttpMessage message, String name) {
        Header[] fields = message.getHeaders(name);
        return fields.length == 0
                ? List.of()
                : Arrays.stream(fields).map(Header::getValue).toList();
    }
}
