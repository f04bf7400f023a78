package dev.respite.http.exchange;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request of an HTTP client, as {@link HttpRetry} sees it. The driver decides when to send, how long an attempt may take,
 * what an outcome means and when a response is released; the transport knows the client. An adapter implements {@link
 * BlockingTransport}, {@link AsyncTransport} or both.
 *
 * <p>A transport belongs to one call. Its attempts follow each other, possibly on different threads; of an attempt that was
 * cancelled, late signals are ignored. The methods with a default are for clients that can do more: the defaults are safe for
 * a client of which nothing else is known.
 *
 * @param <R> a response of the client. A response that arrives when its call has just been cancelled is released by its {@code
 *     close()}: an asynchronous transport whose client has other responses wraps them in an {@link AutoCloseable}
 */
public interface Transport<R> {

    /** {@return the method of the request in its usual spelling, such as {@code GET}} */
    String method();

    /** {@return the absolute URI with a host to which the request is sent} */
    URI uri();

    /**
     * {@return the origin of the URI, such as {@code https://api.example.com:443}} Each call needs it, and few need the whole URI. A
     * transport whose client has another type of URL can return it by {@link #originOf}, without a {@link URI}.
     */
    default String origin() {
        return Origins.of(uri());
    }

    /**
     * Returns an origin.
     *
     * @param scheme the scheme, in any case
     * @param host a name or an address, in any case; an address of IPv6 with its brackets or without
     * @param port the port; a negative number for the default of the scheme
     * @return the origin in the one spelling that {@link #origin} has
     */
    static String originOf(String scheme, String host, int port) {
        return Origins.of(scheme, host, port);
    }

    /**
     * Returns a header field of the caller's request, to find an idempotency key.
     *
     * @param name the name of the field, in any case
     * @return its values; an empty list if there is none
     */
    List<String> requestHeader(String name);

    /**
     * {@return whether a further attempt would send the same bytes, or there is no body} Called only when everything else
     * permits another attempt.
     */
    boolean isReplayable();

    /**
     * {@return the status of a response}
     *
     * @param response the response
     */
    int status(R response);

    /**
     * Returns a header field of a response.
     *
     * @param response the response
     * @param name the name of the field, in any case
     * @return its values; an empty list if there is none
     */
    List<String> responseHeader(R response, String name);

    /**
     * Releases a response that will not be read, with its connection or stream. May be called again for the same response.
     *
     * @param response the response
     */
    void discard(R response);

    /**
     * {@return whether the client may follow redirects; true unless it is known that it follows none} If it may, a failure to
     * connect does not prove that nothing was sent. Then a minted idempotency key counts only with a response from a server
     * that honours it.
     */
    default boolean followsRedirects() {
        return true;
    }

    /**
     * Returns the URI that a response came from.
     *
     * @param response the response
     * @return the last URI after redirects; null if it is not known
     */
    default @Nullable URI respondingUri(R response) {
        return followsRedirects() ? null : uri();
    }

    /**
     * {@return whether anything of the request may have been sent in the last attempt, to any server; true unless it is known that
     * nothing was} A request of which nothing was sent is sent again whatever its method is.
     */
    default boolean mayHaveBeenSent() {
        return true;
    }

    /** {@return whether a response is known to have begun to arrive in the last attempt} Then the request has certainly been sent. */
    default boolean hasResponded() {
        return false;
    }

    /** {@return the request's own limit of an attempt; empty if the policy's alone holds} */
    default Optional<Duration> timeout() {
        return Optional.empty();
    }

    /**
     * Prepares the request of an attempt: called before each one is sent, the first too. It may run code of the caller that
     * signs the request or refreshes a token. A failure, and time beyond the attempt's limit, is the caller's: the call ends
     * with it, nothing is sent, and no breaker receives it.
     *
     * @param attempt the attempt
     * @throws Exception if the request cannot be prepared
     */
    default void prepare(ExchangeAttempt attempt) throws Exception {}

    /**
     * {@return who caused the failure of the last attempt}
     *
     * @param failure what the attempt ended with
     */
    default Cause causeOf(Throwable failure) {
        return Cause.EXCHANGE;
    }

    /**
     * Creates the exception of an attempt that has taken too long.
     *
     * @param limit how long it was allowed to take
     * @return the exception, which counts as a timeout
     */
    default IOException tooLate(Duration limit) {
        return new SocketTimeoutException("no response within " + limit.toMillis() + " ms");
    }

    /**
     * Releases a rejected response before a delay, with its connection or stream. The returned response is the call's last one
     * if the call ends in that delay. It should keep status and header fields, and state why it has no body.
     *
     * @param response the response
     * @return what the call keeps of it
     */
    default R detach(R response) {
        discard(response);
        return response;
    }

    /**
     * Returns whether the body of the call's last response must still be read, by the transport's {@code read} or {@code
     * readAsync}, before the caller gets it.
     *
     * @param last the response
     * @return false for clients that read the body inside the attempt, or hand it to the caller as a stream
     */
    default boolean isUnread(R last) {
        return false;
    }

    /** Releases all that was kept for further attempts: the call has ended. */
    default void close() {}

    /** Who caused a failure. */
    enum Cause {
        /** The server or the network. */
        EXCHANGE,
        /** The server or the network, after the caller's own reader had received a part of the response. */
        EXCHANGE_AFTER_DELIVERY,
        /** The client itself, which was shut down. */
        CLOSED,
        /** The body of the request has changed: the call ends, with the last outcome before that if there is one. */
        INPUT,
        /** Code of the caller: a reader of the response or a source of the request's body. */
        CALLER,
        /** The caller, who has cancelled the request: it is never retried, and is no failure of the server. */
        CANCELLED
    }
}
