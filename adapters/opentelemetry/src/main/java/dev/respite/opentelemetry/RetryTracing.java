package dev.respite.opentelemetry;

import dev.respite.Retry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.instrumentation.api.semconv.http.HttpClientRequestResendCount;
import java.util.function.UnaryOperator;

/**
 * Adds events about retried calls to the OpenTelemetry span that is current where the call is made.
 *
 * <pre>{@code
 * Retry retry = RetryTracing.instrument(Retry.withDefaults().withName("quotes"));
 * HttpClient client = RetryingHttpClient.of(instrumented, retry).withCallScope(RetryTracing::oneRequest);
 * }</pre>
 *
 * <p>{@link #instrument} adds these events to the span, if it is recorded:
 *
 * <table>
 * <caption>The events</caption>
 * <thead>
 * <tr><th>event</th><th>when</th><th>attributes</th></tr>
 * </thead>
 * <tbody>
 * <tr><td>{@code respite.attempt.failed}</td><td>for each of the first {@value SpanEvents#MAX_EVENTS} attempts that is not
 * accepted</td><td>{@code respite.retry.name}, {@code respite.attempt.number}, {@code error.type}, and {@code respite.delay}
 * if there will be another</td></tr>
 * <tr><td>{@code respite.call.ended}</td><td>for a call of several attempts, and for one that could not be
 * retried</td><td>{@code respite.retry.name}, {@code respite.call.attempts}, {@code respite.call.duration}, {@code
 * respite.stop_reason}</td></tr>
 * </tbody>
 * </table>
 *
 * <ul>
 * <li>{@code error.type} is the {@linkplain dev.respite.outcome.ErrorKind kind of error}, {@code timeout} or {@code 503}; for
 *     an exception of no named kind, its class. No message of an exception is written.
 * <li>{@code respite.delay} and {@code respite.call.duration} are seconds, as doubles.
 * <li>{@code respite.stop_reason} is the {@link dev.respite.outcome.StopReason} in small letters, {@code attempts_exhausted}.
 * </ul>
 *
 * <p>A call that is accepted at its first attempt costs nothing by it, nor does one whose span is not recorded or has ended
 * but for a look at that. The end of a call is not written if its caller has cancelled it or an executor has rejected its
 * next attempt. It may be published on any thread, and another span may be current there.
 *
 * <p>{@link #oneRequest} is for {@code http.request.resend_count} on the spans that the instrumentation of an HTTP client
 * makes for the attempts: absent on the first, 1 on the second.
 */
public final class RetryTracing {

    private RetryTracing() {}

    /**
     * Returns a retry that adds events to the current span. The later attempts of asynchronous calls run in the
     * OpenTelemetry context of their caller, so that their spans have the right parent. A carrier that the retry already has is
     * kept.
     *
     * @param retry the retry
     * @return the same with a listener and a {@linkplain Retry#withContext carrier}; another carrier given to it afterwards
     *     would take the place of this one
     */
    public static Retry instrument(Retry retry) {
        UnaryOperator<Runnable> carrier = retry.context();
        return retry.withListener(new SpanEvents())
                .withContext(task -> carrier.apply(Context.current().wrap(task)));
    }

    /**
     * Begins a request: until the scope is closed, those that this thread sends are one request and its resends, and the
     * instrumentation of the HTTP client counts them. So does what runs in a context that is captured in here, such as the
     * later attempts of an asynchronous call of {@link #instrument a traced retry}.
     *
     * <p>Where the call of a retry sends one request, open it around that call:
     *
     * <pre>{@code
     * try (Scope request = RetryTracing.oneRequest()) {
     *     return retry.call(() -> client.send(quote, BodyHandlers.ofString()));
     * }
     * }</pre>
     *
     * <p>Inside of another one, that one's count goes on; so open it around the innermost retry, where the request is.
     *
     * @return the scope, to be closed by this thread
     */
    @SuppressWarnings("MustBeClosedChecker") // the caller closes it; the annotation for that would be a dependency
    public static Scope oneRequest() {
        return HttpClientRequestResendCount.initialize(Context.current()).makeCurrent();
    }
}
