package dev.respite.http.exchange;

import dev.respite.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The future of one asynchronous attempt, which ends in its time. It may have to wait before it sends, and can be cancelled at
 * any moment; a response that arrives too late is discarded.
 */
final class AsyncExchange<R> extends CompletableFuture<R> implements Runnable {

    private final AsyncTransport<R> transport;
    private final ExchangeAttempt attempt;
    private final Deadline deadline;
    private final TimeSource time;
    private volatile @Nullable Future<?> alarm;

    /** The response that has arrived, and may wait for its turn to be read. */
    private volatile @Nullable R waiting;

    /** Cancels the exchange, if there is one. */
    private volatile @Nullable Runnable exchange;

    /** An attempt that is not sent yet, in a time that accepts every task. */
    AsyncExchange(AsyncTransport<R> transport, ExchangeAttempt attempt, TimeSource time) {
        this.transport = transport;
        this.attempt = attempt;
        this.deadline = attempt.deadline();
        this.time = time;
        deadline.remaining().ifPresent(left -> alarm = time.schedule(this::timedOut, left.toNanos()));
    }

    /** Prepares the request and sends it. */
    @Override
    public void run() {
        if (isDone()) {
            return;
        }
        try {
            attempt.prepare(transport);
            if (isDone()) {
                return;
            }
            exchange = transport.sendAsync(attempt, this::responseArrived);
        } catch (Throwable rejected) {
            failed(rejected);
        }
        if (isCompletedExceptionally()) {
            end();
        }
    }

    private void responseArrived(@Nullable R response, @Nullable Throwable error) {
        if (response == null) {
            failed(error == null ? new IllegalStateException("the client has no response and no failure") : error);
        } else {
            waiting = response;
            attempt.whenMayBeRead(() -> completeWith(response));
            discardUnread();
        }
    }

    private void completeWith(R response) {
        stopAlarm();
        attempt.endedWith(response);
        if (!complete(response)) {
            attempt.releaseTurn();
            discardUnread();
        }
    }

    private void discardUnread() {
        R unread = waiting;
        if (unread != null && isCompletedExceptionally()) {
            waiting = null;
            transport.discard(unread);
        }
    }

    private void failed(Throwable error) {
        stopAlarm();
        attempt.endedWith(error);
        completeExceptionally(error);
    }

    /** This is the timer's thread: what depends on this future runs in the executor. */
    private void timedOut() {
        if (!attempt.expire()) {
            return;
        }
        time.executor().execute(() -> {
            IOException late = transport.tooLate(deadline.limit().orElse(Duration.ZERO));
            attempt.endedWith(late);
            if (completeExceptionally(late)) {
                end();
            }
        });
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        stopAlarm();
        end();
        return cancelled;
    }

    private void end() {
        Runnable running = exchange;
        if (running != null) {
            running.run();
        }
        discardUnread();
    }

    private void stopAlarm() {
        Future<?> set = alarm;
        if (set != null) {
            set.cancel(false);
        }
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
