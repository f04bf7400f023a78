package dev.respite.admission;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rule of admission: a server admits all first attempts, and retries only while it is not congested.
 *
 * <p>A server is congested if the request has waited for a thread for longer than the queue limit, or if more requests are in
 * progress than their limit. No request waits for a virtual thread, so virtual threads need the second limit.
 *
 * <pre>{@code
 * RetryAdmission.ofTimeout(Duration.ofSeconds(2))              // a queue limit of 200 ms
 * RetryAdmission.defaults().withInProgressLimit(400)           // for virtual threads
 * }</pre>
 *
 * <p>Immutable, and safe for use by any number of threads. It reads no clock, so a simulator can apply the same rule.
 */
public final class RetryAdmission {

    private static final Duration MIN_QUEUE_LIMIT = Duration.ofMillis(1);
    private static final Duration MAX_QUEUE_LIMIT = Duration.ofMinutes(1);
    private static final int MAX_IN_PROGRESS_LIMIT = 1_000_000;

    /** The clients' timeout is this many times the queue limit. */
    private static final int TIMEOUT_SHARE = 10;

    private static final RetryAdmission DEFAULTS = new RetryAdmission(Duration.ofMillis(100), OptionalInt.empty());

    private final Duration queueLimit;
    private final long queueLimitNanos;
    private final OptionalInt inProgressLimit;

    private RetryAdmission(Duration queueLimit, OptionalInt inProgressLimit) {
        this.queueLimit = queueLimit;
        this.queueLimitNanos = queueLimit.toNanos();
        this.inProgressLimit = inProgressLimit;
    }

    /** {@return the rule for clients with a timeout of 1 s: a queue limit of 100 ms, no limit of the requests in progress} */
    public static RetryAdmission defaults() {
        return DEFAULTS;
    }

    /**
     * {@return the rule with a queue limit of a tenth of the clients' timeout}
     *
     * @param clientTimeout the time after which clients give up an attempt, from 10 ms to 10 min
     * @throws IllegalArgumentException if the timeout is out of its range
     */
    public static RetryAdmission ofTimeout(Duration clientTimeout) {
        check("client timeout", clientTimeout, TIMEOUT_SHARE, "use the timeout of one attempt of the clients");
        return DEFAULTS.withQueueLimit(clientTimeout.dividedBy(TIMEOUT_SHARE));
    }

    /**
     * {@return the rule with another queue limit}
     *
     * @param limit the longest time that a retry may have waited for a thread, from 1 ms to 1 min
     * @throws IllegalArgumentException if the limit is out of its range
     */
    public RetryAdmission withQueueLimit(Duration limit) {
        check("queue limit", limit, 1, "use a tenth of the clients' timeout");
        return new RetryAdmission(limit, inProgressLimit);
    }

    /**
     * {@return the rule with a limit of the requests in progress, for virtual threads above all}
     *
     * @param limit the requests in progress up to which a retry is admitted, itself included, from 1 to 1,000,000
     * @throws IllegalArgumentException if the limit is out of its range
     */
    public RetryAdmission withInProgressLimit(int limit) {
        if (limit < 1 || limit > MAX_IN_PROGRESS_LIMIT) {
            throw new IllegalArgumentException("limit of requests in progress " + limit + ": must be from 1 to "
                    + MAX_IN_PROGRESS_LIMIT + "; omit withInProgressLimit for no limit");
        }
        return new RetryAdmission(queueLimit, OptionalInt.of(limit));
    }

    /** {@return the longest time that a retry may have waited for a thread} */
    public Duration queueLimit() {
        return queueLimit;
    }

    /** {@return the highest number of requests in progress at which a retry is admitted, or empty if there is no limit} */
    public OptionalInt inProgressLimit() {
        return inProgressLimit;
    }

    /**
     * Decides on a request.
     *
     * @param attempt the number of the attempt, from 1; see {@link #attemptOf}
     * @param waitedNanos the nanoseconds of {@link QueueTime}; empty if the wait is unknown, which exceeds no limit
     * @param inProgress the requests in progress, this one included
     * @return true if the server should process the request. It should process each first attempt
     * @throws IllegalArgumentException if the attempt is below 1
     */
    public boolean admits(int attempt, OptionalLong waitedNanos, int inProgress) {
        if (attempt < 1) {
            throw new IllegalArgumentException(
                    "attempt " + attempt + ": must be at least 1; the first attempt of a call has the number 1");
        }
        if (attempt == 1) {
            return true;
        }
        boolean isLate = waitedNanos.isPresent() && waitedNanos.getAsLong() > queueLimitNanos;
        boolean isFull = inProgressLimit.isPresent() && inProgress > inProgressLimit.getAsInt();
        return !isLate && !isFull;
    }

    /**
     * Reads the number of the attempt that a request is. The highest number counts of
     *
     * <ul>
     *   <li>{@code Respite-Attempt: 2}, the number of the attempt
     *   <li>{@code x-envoy-attempt-count: 2}, the number of the attempt, from 1
     *   <li>{@code amz-sdk-request: attempt=2; max=3}, the number of the attempt, from 1
     *   <li>{@code grpc-previous-rpc-attempts: 1}, the number of retries
     *   <li>{@code x-stainless-retry-count: 1}, the number of retries, of the SDKs of OpenAI and Anthropic
     * </ul>
     *
     * <p>Of a list, {@code 2, 3}, the highest number counts. Whatever is not ASCII digits is ignored. Any client can send any number:
     * never use it to grant anything.
     *
     * @param headers returns the value of a header by its name, in any case, or null if the request has none. Several lines of a
     *     header are one value, separated by commas
     * @return the number, from 1 to 1,000, which also stands for all that are higher. 1 if no header has a number
     */
    public static int attemptOf(Function<String, @Nullable String> headers) {
        return AttemptHeaders.attempt(Objects.requireNonNull(headers, "headers"));
    }

    @Override
    public String toString() {
        return "RetryAdmission[queueLimit=" + queueLimit
                + (inProgressLimit.isPresent() ? ", inProgressLimit=" + inProgressLimit.getAsInt() : "") + "]";
    }

    private static void check(String name, Duration value, int times, String remedy) {
        Objects.requireNonNull(value, name);
        Duration min = MIN_QUEUE_LIMIT.multipliedBy(times);
        Duration max = MAX_QUEUE_LIMIT.multipliedBy(times);
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    name + " " + value + ": must be from " + min + " to " + max + "; " + remedy);
        }
    }
}
