package dev.respite.http.exchange;

import dev.respite.failure.FailureFact.HttpStatus;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.ErrorRules;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The rules by which the outcome of an HTTP request is judged: pure functions for every client.
 *
 * <p>By default 408, 425, 429 and all of 5xx but 501, 505 and 511 are retried. With a time to come back at, so are 413, 409
 * for a request with a key, and 403 for a safe request if {@code X-RateLimit-Remaining} is 0. Failures of the exchange are retried, too, but not the permanent ones of {@link
 * dev.respite.failure.FailureFact}: of certificates, of the protocol, of credentials or of a local file. A failure that states
 * an HTTP status is judged by that status. {@code retry-on} and {@code stop-on} of the policy override these defaults.
 *
 * <p>Two conditions override all others: the server permits a retry, and the request may reach it twice. The latter is true for
 * methods that are idempotent by RFC 9110, for requests with an idempotency key that the server honours, and for requests of
 * which certainly nothing was sent.
 *
 * <p>RFC 9110 advises clients not to retry an automatic retry. So more than two attempts are the decision of the user.
 */
public final class HttpRules {

    private static final int FORBIDDEN = 403;
    private static final int CONFLICT = 409;
    private static final int CONTENT_TOO_LARGE = 413;
    private static final int FIRST_SERVER_ERROR = 500;

    /** A kind that no policy can name, so an override on it comes from {@code any}. */
    private static final ErrorKind UNNAMED = ErrorKind.of("0");

    private final ErrorRules rules;

    /**
     * The rules of HTTP, changed by a policy's own.
     *
     * @param rules what {@code retry-on} and {@code stop-on} of the policy say
     */
    public HttpRules(ErrorRules rules) {
        this.rules = rules;
    }

    /**
     * Judges a response by its status and headers.
     *
     * @param request the request
     * @param status the status of the response
     * @param headers the values of a header of the response by its name, in any case
     * @param wallTime the time of day, for hints that are dates
     * @return the verdict
     */
    public Verdict classify(
            RequestFacts request, int status, Function<String, List<String>> headers, Instant wallTime) {
        if (status < 100 || status > 599) {
            return Verdict.fatal();
        }
        if (accepts(status)) {
            return Verdict.accept();
        }
        ErrorKind kind = ErrorKind.ofStatus(status);
        ServerHint hint = HintReader.read(status, headers, wallTime);
        if (!(hint instanceof MayRetry mayRetry)) {
            return Verdict.fatal(StopReason.RETRY_FORBIDDEN_BY_SERVER, kind);
        }
        boolean byDefault = isRetried(status) || isRequested(request, status, mayRetry, headers);
        if (!rules.isRetried(Outcome.success(status), kind, byDefault)) {
            return Verdict.fatal(StopReason.FATAL, kind);
        }
        return requireRepeatable(request, kind, mayRetry.notBefore().orElse(Duration.ZERO), request.isRepeatable());
    }

    /**
     * Judges a response to a call whose attempts are minutes and hours apart. A server that forbids a retry with a status of 5xx forbids
     * it for now: its own retries have failed, or it is congested. So that prohibition is ignored here. With 4xx it counts.
     *
     * @param request the request
     * @param status the status of the response
     * @param headers the values of a header of the response by its name, in any case
     * @param wallTime the time of day, for hints that are dates
     * @return the verdict
     */
    public Verdict classifyForLater(
            RequestFacts request, int status, Function<String, List<String>> headers, Instant wallTime) {
        Function<String, List<String>> read =
                status >= FIRST_SERVER_ERROR ? HintReader.withoutProhibitions(headers) : headers;
        return classify(request, status, read, wallTime);
    }

    /**
     * Returns whether a server of Respite has refused a request because it is a retry: by a 503 with {@code Respite-Refused: retry}.
     * The server has not processed the request.
     *
     * @param status the status of the response
     * @param headers the values of a header of the response by its name, in any case
     * @return true if it has
     */
    public static boolean isRefusedRetry(int status, Function<String, List<String>> headers) {
        return HintReader.isRefusedRetry(status, headers);
    }

    /** Returns whether a status is accepted whatever the request is, and whatever the headers say. */
    boolean accepts(int status) {
        if (status < 100 || status >= 400) {
            return false;
        }
        // Any error means any error: a success is retried only where it is named.
        Outcome<Integer> success = Outcome.success(status);
        return !rules.isRetried(success, ErrorKind.ofStatus(status), false) || rules.isRetried(success, UNNAMED, false);
    }

    /**
     * Judges a failure without a response.
     *
     * @param request the request
     * @param failure the exception of the client
     * @return the verdict
     */
    public Verdict classify(RequestFacts request, Throwable failure) {
        Optional<Verdict> known = ErrorRules.knownVerdict(failure);
        if (known.isPresent() && known.get() instanceof Verdict.Fatal fatal && fatal.reason() == StopReason.CANCELLED) {
            return fatal;
        }
        boolean io = failure instanceof IOException;
        ErrorKind kind = known.map(HttpRules::kindOf)
                .filter(stated -> !stated.equals(ErrorKind.OTHER))
                .orElse(io ? ErrorKind.IO : ErrorKind.OTHER);
        boolean byDefault = known.map(Verdict.Transient.class::isInstance).orElse(io);
        if (!rules.isRetried(Outcome.failure(failure), kind, byDefault)) {
            return Verdict.fatal(StopReason.FATAL, kind);
        }
        boolean nothingSent = kind.equals(ErrorKind.CONNECT) && !request.mayBeElsewhere();
        return requireRepeatable(request, kind, Duration.ZERO, nothingSent || request.isRepeatable());
    }

    private static ErrorKind kindOf(Verdict known) {
        return known instanceof Verdict.Transient error ? error.kind() : ((Verdict.Fatal) known).kind();
    }

    /** Nothing twice: this stands between "worth another try" and another try. */
    private static Verdict requireRepeatable(
            RequestFacts request, ErrorKind kind, Duration notBefore, boolean repeatable) {
        if (!repeatable) {
            return Verdict.fatal(StopReason.NOT_IDEMPOTENT, kind);
        }
        if (!request.replayable()) {
            return Verdict.fatal(StopReason.INPUT_CONSUMED, kind);
        }
        return Verdict.transientError(kind, notBefore);
    }

    /** Returns whether a status is worth another try by default. */
    static boolean isRetried(int status) {
        return HttpStatus.isTransient(status);
    }

    /**
     * Returns whether the server requests a further attempt by its header fields. With a {@code Retry-After}, 413 is a temporary
     * condition (RFC 9110, section 15.5.14). So is 409 for a request with a key: another request with the same key is being
     * processed (draft-ietf-httpapi-idempotency-key-header, section 2.6). A server of Respite sets {@code
     * X-Should-Retry} too, which decides by itself. GitHub responds with 403 when a limit is spent.
     */
    private static boolean isRequested(
            RequestFacts request, int status, MayRetry hint, Function<String, List<String>> headers) {
        boolean temporary = status == CONTENT_TOO_LARGE
                || (status == CONFLICT && request.keyed())
                || (status == FORBIDDEN && request.isSafe() && HintReader.isLimitSpent(headers));
        return hint.requested() || (temporary && hint.notBefore().isPresent());
    }
}
