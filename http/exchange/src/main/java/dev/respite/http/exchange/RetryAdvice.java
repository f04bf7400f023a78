package dev.respite.http.exchange;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.StopReason;

/**
 * Listens to the calls made for one served request and derives the retry hint for its response.
 *
 * <p>Retries in a chain of services multiply: if each of three makes three attempts, the last receives 27 requests. So a
 * server that has retried and given up reports that to its caller. Create one for each request that is served, add it as a
 * listener to the calls for that request, and set its fields on a response that is a failure:
 *
 * <pre>{@code
 * RetryAdvice advice = new RetryAdvice();
 * HttpResponse<String> below = client.withListener(advice).send(request, BodyHandlers.ofString());
 * if (below.statusCode() != 200) {
 *     advice.hint().fields().forEach(exchange.getResponseHeaders()::set);
 *     exchange.sendResponseHeaders(503, -1);
 * }
 * }</pre>
 *
 * <p>It is {@link ServerHint#doNotRetry} as soon as one call has ended for one of these reasons:
 *
 * <ul>
 *   <li>Its attempts, more than one, were exhausted, its time was up, or its budget was empty.
 *   <li>A hint was too long, or a breaker was open.
 *   <li>A server or a call below forbade a retry, or the effect must not happen twice.
 * </ul>
 *
 * <p>After any other end it is {@link ServerHint#NONE}: the caller judges an error that was not retried.
 *
 * <p>Safe for use by any number of threads.
 */
public final class RetryAdvice implements RetryListener {

    private volatile ServerHint hint = ServerHint.NONE;

    /** Advice without any call yet. */
    public RetryAdvice() {}

    /** {@return the advice for the caller, as of the calls that have ended so far} */
    public ServerHint hint() {
        return hint;
    }

    /** Calls that succeed at once have nothing to say. */
    @Override
    public Interest interest() {
        return Interest.FAILURES;
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.CallEnded ended
                && isFinal(ended.reason(), ended.history().attempts())) {
            hint = ServerHint.doNotRetry();
        }
    }

    private static boolean isFinal(StopReason reason, int attempts) {
        return switch (reason) {
            case ATTEMPTS_EXHAUSTED -> attempts > 1;
            case TOTAL_TIMEOUT, BUDGET_EXHAUSTED, RETRY_AFTER_TOO_LONG, CIRCUIT_OPEN -> true;
            case RETRY_FORBIDDEN_BY_SERVER, ALREADY_RETRIED -> true;
            case NOT_IDEMPOTENT -> true;
            case ACCEPTED, FATAL, INPUT_CONSUMED, PARTLY_DELIVERED, EXECUTOR_REFUSED, INTERRUPTED, CANCELLED -> false;
        };
    }
}
