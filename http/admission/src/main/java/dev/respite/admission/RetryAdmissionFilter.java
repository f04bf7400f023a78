package dev.respite.admission;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A servlet filter that refuses retries while the server is congested, so that first attempts get its threads.
 *
 * <p>Place it before all other filters, map it to all requests, and enable asynchronous support for it. It decides before the
 * body is read and before an idempotency key is claimed. In Spring Boot register it with {@code Ordered.HIGHEST_PRECEDENCE}.
 *
 * <pre>{@code
 * QueueTime queueTime = QueueTime.create();                     // its executor is installed in the server
 * Filter filter = RetryAdmissionFilter.of(RetryAdmission.ofTimeout(Duration.ofSeconds(2)), queueTime);
 * }</pre>
 *
 * <p>A refusal has the status 503, no body, and these fields:
 *
 * <ul>
 *   <li>{@code Cache-Control: no-store}, since a shared cache would give it to first attempts
 *   <li>{@code Retry-After} of 1, 2 or 3 seconds; refusals take these values in turn
 *   <li>{@code x-should-retry: false}, by which Respite and several SDKs make no further attempt
 *   <li>{@code Respite-Refused: retry}, which distinguishes it from any other 503
 * </ul>
 *
 * <p>The response is sent before the body is read. Over HTTP/1.1 Tomcat closes the connection after any 503. If the body has not
 * arrived, Tomcat first reads up to {@code maxSwallowSize} of it on the same thread, and waits {@code connectionTimeout} for each
 * read. It also invites the body of {@code Expect: 100-continue}, unless {@code continueResponseTiming} is {@code onRead}. Jetty
 * keeps the connection if the whole body has arrived, and closes it at once otherwise.
 *
 * <p>Safe for use by any number of threads. The counts grow from 0 and are never reset.
 */
public final class RetryAdmissionFilter implements Filter {

    private static final int MAX_RETRY_AFTER_SECONDS = 3;

    /** The number of requests without a measured wait at which the filter warns. */
    private static final int UNMEASURED_LIMIT = 100;

    /** The attribute that marks a request that has passed a filter of this kind. */
    private static final String SEEN = "dev.respite.admission.seen";

    private final RetryAdmission admission;
    private final @Nullable QueueTime queueTime;
    private final Predicate<? super HttpServletRequest> exemption;
    private final AtomicInteger inProgress = new AtomicInteger();
    private final LongAdder firstAttempts = new LongAdder();
    private final LongAdder admittedRetries = new LongAdder();
    private final AtomicLong refusedRetries = new AtomicLong();
    private final AtomicInteger unmeasured = new AtomicInteger();
    private volatile boolean isExecutorChecked;

    private RetryAdmissionFilter(
            RetryAdmission admission, @Nullable QueueTime queueTime, Predicate<? super HttpServletRequest> exemption) {
        this.admission = Objects.requireNonNull(admission, "admission");
        this.queueTime = queueTime;
        this.exemption = Objects.requireNonNull(exemption, "exemption");
    }

    /**
     * {@return a filter that measures no queue} The rule needs a limit of the requests in progress.
     *
     * @param admission the rule
     */
    public static RetryAdmissionFilter of(RetryAdmission admission) {
        return new RetryAdmissionFilter(admission, null, request -> false);
    }

    /**
     * {@return a filter}
     *
     * @param admission the rule
     * @param queueTime the measurement whose executor is installed in the server
     */
    public static RetryAdmissionFilter of(RetryAdmission admission, QueueTime queueTime) {
        return new RetryAdmissionFilter(admission, Objects.requireNonNull(queueTime, "queueTime"), request -> false);
    }

    /**
     * Returns a filter that admits some retries also while the server is congested, for example those whose results are
     * recorded. Replaying a result costs little and ends the retries of its call.
     *
     * <pre>{@code
     * IdempotencyFilter payments = IdempotencyFilter.of(guard).withCompletedKeys();     // of respite-idempotency-servlet
     * RetryAdmissionFilter.of(admission, queueTime).withExemption(payments::hasCompleted)
     * }</pre>
     *
     * @param exemption true if the retry is admitted; called for retries that would be refused, before their authentication.
     *     It must be fast, and safe for use by any number of threads
     * @return the filter, whose counts start at 0
     */
    public RetryAdmissionFilter withExemption(Predicate<? super HttpServletRequest> exemption) {
        return new RetryAdmissionFilter(admission, queueTime, exemption);
    }

    /** Logs a warning if the filter has no sign of congestion, so that it refuses nothing. */
    @Override
    public void init(FilterConfig config) {
        if (queueTime == null && admission.inProgressLimit().isEmpty()) {
            warn("RetryAdmissionFilter refuses nothing: it has neither a QueueTime nor a limit of requests in progress."
                    + " Pass the QueueTime whose executor is installed in the server, or set"
                    + " RetryAdmission.withInProgressLimit");
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request instanceof HttpServletRequest http
                && response instanceof HttpServletResponse reply
                && isUndecided(http)) {
            decide(http, reply, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** {@return the number of first attempts, all of which have been admitted} */
    public long firstAttempts() {
        return firstAttempts.sum();
    }

    /** {@return the number of retries that were admitted} */
    public long admittedRetries() {
        return admittedRetries.sum();
    }

    /** {@return the number of retries that were refused} */
    public long refusedRetries() {
        return refusedRetries.get();
    }

    /** {@return the number of requests in progress, asynchronous ones until they are complete} */
    public int inProgress() {
        return inProgress.get();
    }

    /** An error page, an asynchronous dispatch or a forward belongs to a request that has been decided on. */
    private static boolean isUndecided(HttpServletRequest request) {
        return request.getDispatcherType() == DispatcherType.REQUEST && request.getAttribute(SEEN) == null;
    }

    private void decide(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        request.setAttribute(SEEN, true);
        OptionalLong waitedNanos = waitedNanos();
        int attempt = RetryAdmission.attemptOf(name -> lines(request, name));
        int running = inProgress.incrementAndGet();
        try {
            if (admission.admits(attempt, waitedNanos, running) || exemption.test(request)) {
                (attempt == 1 ? firstAttempts : admittedRetries).increment();
                chain.doFilter(request, response);
            } else {
                refuse(response);
            }
        } finally {
            endWithRequest(request);
        }
    }

    /** Returns all lines of a header as one value; null if there is none. */
    private static @Nullable String lines(HttpServletRequest request, String name) {
        @Nullable Enumeration<String> lines = request.getHeaders(name);
        if (lines == null || !lines.hasMoreElements()) {
            return null;
        }
        String first = lines.nextElement();
        return lines.hasMoreElements() ? first + "," + String.join(",", Collections.list(lines)) : first;
    }

    private OptionalLong waitedNanos() {
        OptionalLong waitedNanos = queueTime == null ? OptionalLong.empty() : queueTime.takeWaitedNanos();
        if (queueTime != null && !isExecutorChecked) {
            checkExecutor(waitedNanos.isPresent());
        }
        return waitedNanos;
    }

    private void checkExecutor(boolean isMeasured) {
        if (isMeasured) {
            isExecutorChecked = true;
        } else if (unmeasured.incrementAndGet() == UNMEASURED_LIMIT) {
            isExecutorChecked = true;
            warn("RetryAdmissionFilter has measured no wait in the first " + UNMEASURED_LIMIT
                    + " requests: the executor of its QueueTime is not installed. Pass QueueTime.wrap(executor) to the"
                    + " server before its start, for example by Tomcat's ProtocolHandler.setExecutor");
        }
    }

    private static void warn(String message) {
        System.getLogger("dev.respite").log(System.Logger.Level.WARNING, message);
    }

    private void refuse(HttpServletResponse response) {
        long number = refusedRetries.getAndIncrement();
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setHeader("Cache-Control", "no-store");
        response.setIntHeader("Retry-After", 1 + (int) (number % MAX_RETRY_AFTER_SECONDS));
        response.setHeader("x-should-retry", "false");
        response.setHeader("Respite-Refused", "retry");
        response.setContentLength(0);
    }

    /** Counts the request out: now, or when it is complete if it is asynchronous. */
    private void endWithRequest(HttpServletRequest request) {
        InProgressListener listener = new InProgressListener(inProgress);
        if (!request.isAsyncStarted()) {
            listener.end();
            return;
        }
        try {
            request.getAsyncContext().addListener(listener);
        } catch (IllegalStateException complete) {
            // Another thread has completed the request since isAsyncStarted.
            listener.end();
        }
    }
}
