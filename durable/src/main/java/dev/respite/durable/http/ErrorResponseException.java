package dev.respite.durable.http;

import dev.respite.http.exchange.HttpRules;
import dev.respite.http.exchange.RequestFacts;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.io.Serial;
import java.net.http.HttpHeaders;
import java.time.Instant;

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

    /** Returns the verdict of the rules. A status that they accept, such as a redirect, is fatal here. */
    Verdict verdict(HttpRules rules) {
        Verdict verdict = rules.classifyForLater(request, status, headers::allValues, arrived);
        return verdict instanceof Verdict.Transient || verdict instanceof Verdict.Fatal
                ? verdict
                : Verdict.fatal(StopReason.FATAL, ErrorKind.ofStatus(status));
    }
}
