package dev.respite.http.exchange;

import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.time.TimeSource;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The judge of the outcomes of one call: {@link HttpRules} for its request. */
final class Judge<R> {

    private static final int TOO_EARLY = 425;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Transport<R> transport;
    private final OriginRules rules;
    private final IdempotencyKeys keys;
    private final TimeSource time;

    /** The header with the key that was minted for the call; empty if none was. */
    private final Map<String, String> minted;

    Judge(Transport<R> transport, OriginRules rules, IdempotencyKeys keys, TimeSource time) {
        this.transport = transport;
        this.rules = rules;
        this.keys = keys;
        this.time = time;
        this.minted = keys.isNeededBy(transport.method(), transport::uri, transport::requestHeader)
                ? Map.of(keys.header(), keys.mint(time.wallTime()))
                : Map.of();
    }

    Map<String, String> mintedKey() {
        return minted;
    }

    URI uri() {
        return transport.uri();
    }

    Verdict response(R response) {
        int status = transport.status(response);
        return rules.http().accepts(status)
                ? Verdict.accept()
                : response(transport.respondingUri(response), status, name -> transport.responseHeader(response, name));
    }

    /** Judges the response of a server, to which redirects may have led; null if it is not known. */
    Verdict response(@Nullable URI server, int status, Function<String, List<String>> headers) {
        if (rules.http().accepts(status)) {
            return Verdict.accept();
        }
        boolean keyed = minted.isEmpty() ? carriesKey() : server != null && keys.isSupportedBy(server);
        boolean repeatable = keyed || isUnprocessed(server, status);
        RequestFacts facts = new RequestFacts(transport.method(), repeatable, true, true);
        boolean vendorHints = rules.vendorHints().test(server == null ? uri() : server);
        Function<String, List<String>> hints = vendorHints ? headers : HintReader.withoutVendorHints(headers);
        return replayable(rules.http().classify(facts, status, hints, time.wallTime()));
    }

    /**
     * Returns whether the server states that it has not processed the request: by a 425 (RFC 8470, section 5.2), or by a 429 where the
     * user has declared that. A redirect before may have been processed.
     */
    private boolean isUnprocessed(@Nullable URI server, int status) {
        return server != null
                && !transport.followsRedirects()
                && (status == TOO_EARLY
                        || (status == TOO_MANY_REQUESTS
                                && rules.unprocessed429().test(server)));
    }

    /** Returns whether a server of Respite has refused the attempt of this response since it is a retry. */
    boolean isRefusedRetry(R response) {
        return HttpRules.isRefusedRetry(transport.status(response), name -> transport.responseHeader(response, name));
    }

    /** Returns a {@code Retry-After} of a response that cannot be read. */
    Optional<String> unreadableRetryAfter(R response) {
        return HintReader.unreadableRetryAfter(name -> transport.responseHeader(response, name), time.wallTime());
    }

    /**
     * Judges a failure. If a response had begun to arrive, the request has certainly been sent; if the client follows
     * redirects, it may have been sent to any server.
     */
    Verdict failure(Throwable failure) {
        boolean redirectable = transport.followsRedirects();
        boolean keyed = minted.isEmpty() ? carriesKey() : !redirectable;
        boolean mayBeElsewhere = redirectable || transport.hasResponded();
        boolean repeatable = keyed || !transport.mayHaveBeenSent();
        RequestFacts facts = new RequestFacts(transport.method(), repeatable, true, mayBeElsewhere);
        return replayable(rules.http().classify(facts, failure));
    }

    /** Returns whether the request of the caller has a key, which the caller declares to be honoured everywhere. */
    private boolean carriesKey() {
        return keys.isCarriedBy(transport::requestHeader);
    }

    private Verdict replayable(Verdict verdict) {
        return verdict instanceof Verdict.Transient error && !transport.isReplayable()
                ? Verdict.fatal(StopReason.INPUT_CONSUMED, error.kind())
                : verdict;
    }
}
