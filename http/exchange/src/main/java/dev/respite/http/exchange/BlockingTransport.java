package dev.respite.http.exchange;

/**
 * A {@link Transport} that sends on the calling thread: for {@link HttpRetry#send(BlockingTransport)}.
 *
 * @param <R> a response of the client
 */
public interface BlockingTransport<R> extends Transport<R> {

    /**
     * Sends the request on this thread and waits for the response: for its headers if the call {@linkplain
     * ExchangeAttempt#wouldRetry would retry} it. At the limit of the attempt the thread is interrupted, which should end the
     * exchange; a client that ignores interrupts {@linkplain ExchangeAttempt#onLate registers} how to end it.
     *
     * @param attempt the attempt, with the header fields to add
     * @return the response
     * @throws Exception as the client throws it
     */
    R send(ExchangeAttempt attempt) throws Exception;

    /**
     * Waits until the response that was detached last is released; cuts it when the time is up.
     *
     * @param nanos how long at most, in nanoseconds
     * @throws InterruptedException if the thread is interrupted
     */
    default void awaitReleased(long nanos) throws InterruptedException {}

    /**
     * Called at the beginning of a wait between attempts, for a client whose calls can be cancelled from another thread. After a
     * wait that was ended the next attempt follows, which should then throw.
     *
     * @param end ends the wait; does nothing after its end
     */
    default void onWait(Runnable end) {}

    /**
     * Reads the body of the call's last response, if it {@linkplain #isUnread is unread}. An interrupt cuts it.
     *
     * @param last the response
     * @return the response with its body
     * @throws Exception as the client throws it
     */
    default R read(R last) throws Exception {
        return last;
    }
}
