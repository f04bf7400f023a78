package dev.respite.http.exchange;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of a call, as a {@link Transport} sends it. Safe for use by any number of threads.
 */
public final class ExchangeAttempt {

    /** The header with the number of an attempt after the first, {@code Respite-Attempt}. */
    public static final String NUMBER_HEADER = "Respite-Attempt";

    /** A response with a lower status has no body: the connection may change its protocol. */
    private static final int OK = 200;

    private final Attempt attempt;
    private final Map<String, String> headers;
    private final Deadline deadline;
    private final Judge<?> judge;

    /** The turn of the attempts of a hedged call; null if the attempts follow each other. */
    private final @Nullable ReadingTurn turn;

    private final AtomicReference<Limit> limit = new AtomicReference<>(Limit.SET);

    /** True if the response waits for its turn. */
    private volatile boolean late;

    /** The response or the failure of the attempt; null if it has not ended. */
    private volatile @Nullable Object outcome;

    /** Ends the exchange of a client that ignores interrupts; null if nothing was registered. */
    private volatile @Nullable LateAbort lateAbort;

    /** True while the code that prepares the request runs, and after it has failed. */
    private volatile boolean preparing;

    private enum Limit {
        SET,
        ENDED,
        PASSED
    }

    ExchangeAttempt(
            Attempt attempt,
            Map<String, String> headers,
            Deadline deadline,
            Judge<?> judge,
            @Nullable ReadingTurn turn) {
        this.attempt = attempt;
        this.headers = headers;
        this.deadline = deadline;
        this.judge = judge;
        this.turn = turn;
    }

    /** {@return the attempt, which shows how far the call has got; its number is 1 for the first} */
    public Attempt attempt() {
        return attempt;
    }

    /**
     * {@return the header fields to set in the request of this attempt, unmodifiable} They are the idempotency key that was minted
     * for the call and, from the second attempt on, the number of the attempt. Most first attempts have none.
     */
    public Map<String, String> headers() {
        return headers;
    }

    /** {@return whether an idempotency key was minted for the call, which is among the {@link #headers}} */
    public boolean hasMintedKey() {
        return !judge.mintedKey().isEmpty();
    }

    /**
     * {@return the time that is left, not negative, for clients that limit an exchange themselves; empty if there is no limit}
     * The driver ends the attempt in any case.
     */
    public Optional<Duration> remaining() {
        return deadline.remaining();
    }

    /**
     * Returns whether the rules would have another attempt made after a response, for a transport that must know before it reads
     * the body. Limits and budget may still end the call.
     *
     * @param status the status of the response
     * @param headers the values of a header field by its name, in any case
     * @return true if the body should not reach the caller yet
     */
    public boolean wouldRetry(int status, Function<String, List<String>> headers) {
        Verdict verdict = judge.response(judge.uri(), status, headers);
        // Another attempt of a hedged call may still have a good response, though no further one is sent.
        return verdict instanceof Verdict.Transient
                || (turn != null
                        && verdict instanceof Verdict.Fatal fatal
                        && fatal.reason() == StopReason.RETRY_FORBIDDEN_BY_SERVER);
    }

    /**
     * Returns whether a transport that buffers the bodies of responses should read one inside the attempt, so that a body that
     * breaks off is a failed attempt. No body is buffered if the response {@linkplain #wouldRetry would be retried}, if its length
     * is above the limit, or if it is a stream of events. A body of unknown length may turn out to be longer.
     *
     * @param status the status of the response
     * @param headers the values of a header field by its name, in any case
     * @param length the number of bytes of the body; negative if it is not known
     * @param maxBytes the limit; 0 if no body is buffered
     * @return true if up to so many bytes should be read before the response is returned
     */
    public boolean mayBuffer(int status, Function<String, List<String>> headers, long length, int maxBytes) {
        return maxBytes > 0
                && length <= maxBytes
                && status >= OK
                && headers.apply("Content-Type").stream().noneMatch(ExchangeAttempt::isOfEvents)
                && !wouldRetry(status, headers);
    }

    private static boolean isOfEvents(String contentType) {
        return contentType.toLowerCase(Locale.ROOT).startsWith("text/event-stream");
    }

    /**
     * {@return whether the body may reach the caller in this attempt, for a transport that returns {@link
     * AsyncTransport#another}; true unless another attempt is being read} A body that may not is handled as one that
     * {@linkplain #wouldRetry would be retried}. Of attempts that run beside each other one at a time is read.
     */
    public boolean mayBeRead() {
        if (turn == null || turn.take(this)) {
            return true;
        }
        late = true;
        return false;
    }

    /** Runs a task when the response may be the call's: at once, unless it waits for its turn. */
    void whenMayBeRead(Runnable task) {
        if (turn == null || !late) {
            task.run();
        } else {
            turn.whenTaken(this, task);
        }
    }

    /** The attempt is not read, or no more: another one may be. */
    void releaseTurn() {
        if (turn != null) {
            turn.release(this);
        }
    }

    void endedWith(Object responseOrFailure) {
        outcome = responseOrFailure;
    }

    @Nullable
    Object outcome() {
        return outcome;
    }

    /**
     * Ends the limit of this attempt, for a transport that limits the body of an accepted response itself. A body that is streamed
     * may take longer than the policy's timeouts.
     */
    public void removeTimeLimit() {
        limit.set(Limit.ENDED);
    }

    /** The limit has passed. Returns whether it ends the attempt. */
    boolean expire() {
        return limit.compareAndSet(Limit.SET, Limit.PASSED);
    }

    /**
     * Registers an action that ends the exchange if its limit has passed, for a {@link BlockingTransport} whose client ignores
     * interrupts. The action runs on another thread, and not after the end of the exchange.
     *
     * @param abort ends the exchange
     */
    public void onLate(Runnable abort) {
        if (deadline.limit().isPresent()) {
            lateAbort = new LateAbort(deadline, abort);
        }
    }

    /** The limit has passed, on the timer's thread. Returns whether it does not count any more. */
    boolean hasEndedLimit() {
        LateAbort set = lateAbort;
        if (set != null && !isUnlimited()) {
            set.limitPassed();
        }
        return isUnlimited();
    }

    /** The exchange has ended. Returns whether it was aborted. */
    boolean wasAborted() {
        LateAbort set = lateAbort;
        return set != null && set.end();
    }

    boolean isUnlimited() {
        return limit.get() == Limit.ENDED;
    }

    Deadline deadline() {
        return deadline;
    }

    /** Has the transport prepare the request, whose failure is the caller's. */
    void prepare(Transport<?> transport) throws Exception {
        boolean late = deadline.isOver();
        preparing = true;
        transport.prepare(this);
        if (!late && deadline.isOver()) {
            throw transport.tooLate(deadline.limit().orElse(Duration.ZERO));
        }
        preparing = false;
    }

    /** Returns whether the attempt ended while its request was being prepared. */
    boolean endedInPreparation() {
        return preparing;
    }
}
