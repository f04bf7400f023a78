package dev.respite.http.exchange;

import dev.respite.hedge.Hedge;
import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.Optional;

/** The hedges of requests, with an allowance for each origin. The model has the settings of all of them. */
record OriginHedges(Hedge model, PerOrigin<Hedge> origins) {

    static OriginHedges of(Hedge model) {
        return new OriginHedges(
                model, new PerOrigin<>(PerOrigin.MAX, origin -> model.withExtraLoad(model.extraLoad())));
    }

    /** Returns the delay. Throws if no hedge would be sent under a policy. */
    Duration delayUnder(RetryPolicy policy) {
        return Hedge.of(model.retry().withPolicy(policy), model.delay()).delay();
    }

    /**
     * Returns the hedge of a request that may be sent again before anything has come back. It can be sent twice at the same time, and
     * is safe or has a key. All servers that may receive it honour the key.
     */
    Optional<Hedge> of(AsyncTransport<?> request, IdempotencyKeys keys) {
        boolean mints = keys.isNeededBy(request.method(), request::uri, request::requestHeader);
        boolean keyed = mints ? !request.followsRedirects() : keys.isCarriedBy(request::requestHeader);
        boolean safe = new RequestFacts(request.method(), false, true, true).isSafe();
        return (safe || keyed) && request.another().isPresent()
                ? Optional.of(origins.of(request.origin()))
                : Optional.empty();
    }
}
