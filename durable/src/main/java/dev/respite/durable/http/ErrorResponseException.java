package dev.respite.durable.http;

import dev.respite.driver.ResumableRetry;
import dev.respite.http.exchange.HttpRules;
import dev.respite.http.exchange.RequestFacts;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.io.Serial;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** A response whose status is not accepted. It has no stack trace. */
final class ErrorResponseException extends Exception {

    @Serial
    private static final long serialVersionUID = 1L;

    private final transient RequestFacts request;
    private final int status;
    private final transient HttpHeaders headers;
    private final Instant arrived;

    ErrorResponseException(OutboundRequest request, boolean keyed, int status, HttpHeaders headers, Instant arrived) {
        super(request + ": status " + status, null, false, false);
        this.request = new RequestFacts(request.method(), keyed, true, false);
        this.status = status;
        this.headers = headers;
        this.arrived = arrived;
    }

    /** Returns whether a server of Respite has refused a request because it is a retry. */
    static boolean isRefusedRetry(int status, HttpHeaders headers) {
        return HttpRules.refusedRetry(status, headers::allValues, Instant.EPOCH).isPresent();
    }

    /**
     * Returns the verdict of the rules. A status that they accept, such as a redirect, is fatal here. A refused retry, which ends a call
     * in memory, is made again later.
     */
    Verdict verdict(HttpRules rules) {
        Optional<Duration> refused = HttpRules.refusedRetry(status, headers::allValues, arrived);
        if (refused.isPresent()) {
            return Verdict.transientError(ResumableRetry.REFUSED, refused.get());
        }
        Verdict verdict = rules.classify(request, status, headers::allValues, arrived);
        return verdict instanceof Verdict.Transient || verdict instanceof Verdict.Fatal
                ? verdict
                : Verdict.fatal(StopReason.FATAL, ErrorKind.ofStatus(status));
    }
}
