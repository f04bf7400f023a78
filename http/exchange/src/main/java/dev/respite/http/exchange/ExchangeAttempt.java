package dev.respite.http.exchange;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * An attempt of a call, as a {@link Transport} sends it. Safe for use by any number of threads.
 */
public final class ExchangeAttempt {

    private final Attempt attempt;
    private final Map<String, String> headers;
    private final Deadline deadline;
    private final Judge<?> judge;

    private volatile boolean unlimited;

    /** True while the code that prepares the request runs, and after it has failed. */
    private volatile boolean preparing;

    ExchangeAttempt(Attempt attempt, Map<String, String> headers, Deadline deadline, Judge<?> judge) {
        this.attempt = attempt;
        this.headers = headers;
        this.deadline = deadline;
        this.judge = judge;
    }

    /**
     * Returns how far the call has got.
     *
     * @return the attempt, whose number is 1 for the first
     */
    public Attempt attempt() {
        return attempt;
    }

    /**
     * Returns the header fields to set on the request of this attempt, in place of fields of the caller's request. They are the
     * idempotency key that was minted for the call and, from the second attempt on, the number of the attempt.
     *
     * @return values by names, unmodifiable; empty for most first attempts
     */
    public Map<String, String> headers() {
        return headers;
    }

    /**
     * Returns whether an idempotency key was minted for the call. It is among the {@link #headers}.
     *
     * @return true if it was
     */
    public boolean hasMintedKey() {
        return !judge.mintedKey().isEmpty();
    }

    /**
     * Returns the time that is left, for clients that limit an exchange themselves. The driver ends the attempt in any case.
     *
     * @return the time, not negative; empty if there is no limit
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
        return judge.response(judge.uri(), status, headers) instanceof Verdict.Transient;
    }

    /**
     * Ends the limit of this attempt, for a transport that limits the body of an accepted response itself. A body that is streamed
     * may take longer than the policy's timeouts.
     */
    public void endLimit() {
        unlimited = true;
    }

    boolean isUnlimited() {
        return unlimited;
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
