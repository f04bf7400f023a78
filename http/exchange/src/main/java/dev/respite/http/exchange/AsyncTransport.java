package dev.respite.http.exchange;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Transport} that sends without waiting: for {@link HttpRetry#sendAsync(AsyncTransport)}.
 *
 * @param <R> a response of the client
 */
public interface AsyncTransport<R> extends Transport<R> {

    /**
     * Sends the request without waiting.
     *
     * @param attempt the attempt, with the header fields to add
     * @param done called once, on any thread, with the response or with the failure
     * @return cancels the exchange; may be run more than once and after the end
     */
    Runnable sendAsync(ExchangeAttempt attempt, BiConsumer<? super R, ? super @Nullable Throwable> done);

    /**
     * {@return a transport of the same request for another attempt, which may run beside this one's; empty if the request
     * cannot be sent twice at the same time} A hedged call gets one for each of its attempts, and uses this one for the rest:
     * to detach, read and discard responses, and to close. The body of a response is read only where {@link
     * ExchangeAttempt#mayBeRead} permits that.
     */
    default Optional<AsyncTransport<R>> another() {
        return Optional.empty();
    }

    /**
     * Runs a task on this or another thread as soon as the response that was detached last is released.
     *
     * @param next the task
     */
    default void whenReleased(Runnable next) {
        next.run();
    }

    /**
     * Reads the body of the call's last response without waiting, if it {@linkplain #isUnread is unread}. One that was detached
     * has been released.
     *
     * @param last the response
     * @param done called once, on any thread, with the response or with the failure
     * @return cuts the body
     */
    default Runnable readAsync(R last, BiConsumer<? super R, ? super @Nullable Throwable> done) {
        done.accept(last, null);
        return () -> {};
    }
}
