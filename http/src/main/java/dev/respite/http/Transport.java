package dev.respite.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request of an HTTP client, as the driver of retries sees it: the driver decides when to send, how long an attempt may
 * take, what an outcome means and when a response is released; the transport knows the client.
 *
 * <p>It belongs to one call. Its attempts follow each other; of an attempt that was cancelled, late signals are ignored.
 *
 * @param <R> a response of the client
 */
interface Transport<R> {

    /** Returns what is known of the request when an attempt has ended without a response. */
    RequestFacts facts();

    /** Returns the request's own limit of an attempt, if it has one. */
    Optional<Duration> timeout();

    /**
     * Sends the request on this thread, and waits: for the headers of a response that may be retried, for the whole of any
     * other. An interrupt cancels the exchange.
     */
    R send(int attempt) throws IOException, InterruptedException;

    /**
     * Sends the request without waiting.
     *
     * @param done called once with the response or the failure, on a thread of the client
     * @return cancels the exchange
     */
    Future<?> sendAsync(int attempt, BiConsumer<? super R, @Nullable Throwable> done);

    /** Returns who caused the failure of the last attempt. */
    Cause causeOf(Throwable failure);

    /** Creates the exception of an attempt that has taken too long. */
    IOException tooLate(Duration limit);

    /**
     * Releases a response before a delay: its body is buffered if it is short and arrives soon, else cut, and its connection
     * or stream is given back. The response stays usable as the call's last one.
     */
    R detach(R response);

    /** Waits until the response that was detached last is released; it is cut when the time is up. */
    void awaitReleased(long nanos) throws InterruptedException;

    /** Runs a task on this or another thread as soon as the response that was detached last is released. */
    void whenReleased(Runnable next);

    /** Returns whether the body of the call's last response has still to be read. */
    boolean isUnread(R last);

    /** Reads the body of the call's last response. An interrupt cuts it. */
    R read(R last) throws IOException, InterruptedException;

    /**
     * Reads the body of the call's last response without waiting. One that was detached must have been released.
     *
     * @param done called once with the response or the failure
     * @return cuts the body
     */
    Runnable readAsync(R last, BiConsumer<? super R, @Nullable Throwable> done);

    /** Releases a response that will not be read. */
    void discard(R response);

    /** The call has ended: releases what was kept for further attempts. */
    void close();

    /** Who caused a failure. */
    enum Cause {
        /** The server or the network. */
        EXCHANGE,
        /** The server or the network, after the caller's own subscriber had received a part of the response. */
        EXCHANGE_AFTER_DELIVERY,
        /** The client itself, which was shut down. */
        CLOSED,
        /** Code of the caller: a reader of the response or a publisher of the request's body. */
        CALLER
    }
}
