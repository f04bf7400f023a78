package dev.respite.http.exchange;

import dev.respite.Retry;
import dev.respite.hedge.Hedge;
import dev.respite.time.TimeSource;
import java.net.URI;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The configuration of an {@link HttpRetry}.
 *
 * @param retry the policy, the time and the listeners
 * @param rules the rules of responses under that policy
 * @param time the time in which attempts end, which accepts every task
 * @param guards the budgets, breakers and hedges of origins
 * @param fields the header fields that are added to requests
 * @param lifecycle the scope of a call and the open calls
 */
record HttpConfig(
        Retry retry, OriginRules rules, TimeSource time, OriginGuards guards, AddedFields fields, Lifecycle lifecycle) {

    static HttpConfig of(Retry retry, PerOrigin<OriginRetry> retries) {
        return new HttpConfig(
                retry,
                new OriginRules(new HttpRules(retry.policy().rules()), uri -> true, uri -> false),
                FallbackTimeSource.of(retry.time()),
                new OriginGuards(retries, Optional.empty(), Optional.empty()),
                new AddedFields(IdempotencyKeys.NOWHERE, uri -> true),
                new Lifecycle(CallScope.NONE, new OpenCalls()));
    }

    HttpConfig withRetry(Retry newRetry) {
        return new HttpConfig(
                newRetry,
                rules.withHttp(new HttpRules(newRetry.policy().rules())),
                FallbackTimeSource.of(newRetry.time()),
                guards,
                fields,
                lifecycle);
    }

    HttpConfig withRules(OriginRules newRules) {
        return new HttpConfig(retry, newRules, time, guards, fields, lifecycle);
    }

    HttpConfig withGuards(OriginGuards newGuards) {
        return new HttpConfig(retry, rules, time, newGuards, fields, lifecycle);
    }

    HttpConfig withFields(AddedFields newFields) {
        return new HttpConfig(retry, rules, time, guards, newFields, lifecycle);
    }

    HttpConfig withLifecycle(Lifecycle newLifecycle) {
        return new HttpConfig(retry, rules, time, guards, fields, newLifecycle);
    }

    /** Returns the retry of calls to an origin, with its budget. */
    Retry retry(String origin) {
        return guards.retries().of(origin).from(retry);
    }

    Optional<OriginBreakers> breakers() {
        return guards.breakers();
    }

    /** Returns the hedge of a request; empty if it is retried. */
    Optional<Hedge> hedge(Transport<?> request) {
        return request instanceof AsyncTransport<?> async
                ? guards.hedges().flatMap(hedges -> hedges.of(async, keys()))
                : Optional.empty();
    }

    IdempotencyKeys keys() {
        return fields.keys();
    }

    CallScope scope() {
        return lifecycle.scope();
    }

    OpenCalls calls() {
        return lifecycle.calls();
    }

    /** The guards of the attempts to an origin: its budget, its breaker and its hedge if it has them. */
    record OriginGuards(
            PerOrigin<OriginRetry> retries, Optional<OriginBreakers> breakers, Optional<OriginHedges> hedges) {

        OriginGuards withBreakers(OriginBreakers given) {
            return new OriginGuards(retries, Optional.of(given), hedges);
        }

        OriginGuards withHedges(OriginHedges given) {
            return new OriginGuards(retries, breakers, Optional.of(given));
        }
    }

    /**
     * The header fields that are added to requests.
     *
     * @param keys the keys that are minted
     * @param numbered returns, for the URI of a request, whether it carries the number of its attempt
     */
    record AddedFields(IdempotencyKeys keys, Predicate<URI> numbered) {

        AddedFields withKeys(IdempotencyKeys newKeys) {
            return new AddedFields(newKeys, numbered);
        }

        AddedFields withNumbered(Predicate<URI> more) {
            return new AddedFields(keys, numbered.and(more));
        }
    }

    /** The scope on the calling thread while a request is sent, and the calls that have not ended. */
    record Lifecycle(CallScope scope, OpenCalls calls) {}
}
