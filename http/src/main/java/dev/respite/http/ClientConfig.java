package dev.respite.http;

import dev.respite.Retry;
import dev.respite.budget.RetryBudget;
import java.net.http.HttpClient;
import java.util.Optional;

/**
 * The configuration of a client.
 *
 * @param delegate the client that sends
 * @param retry the policy, the time and the listeners
 * @param origins the budgets and breakers of origins
 * @param exchanges how requests are prepared and responses read
 * @param scope what is open on the calling thread while a request is sent
 * @param calls the calls that have not ended
 */
record ClientConfig(
        HttpClient delegate,
        Retry retry,
        OriginGuards origins,
        ExchangeOptions exchanges,
        CallScope scope,
        OpenCalls calls) {

    /** The same for another client, whose calls are its own. */
    ClientConfig withDelegate(HttpClient client) {
        return new ClientConfig(client, retry, origins, exchanges, scope, new OpenCalls());
    }

    ClientConfig withRetry(Retry newRetry) {
        return new ClientConfig(delegate, newRetry, origins, exchanges, scope, calls);
    }

    ClientConfig withBreakers(OriginBreakers breakers) {
        return new ClientConfig(delegate, retry, origins.withBreakers(breakers), exchanges, scope, calls);
    }

    ClientConfig withMaxOrigins(int max) {
        return new ClientConfig(delegate, retry, origins.withMax(max), exchanges, scope, calls);
    }

    ClientConfig with(ExchangeOptions options) {
        return new ClientConfig(delegate, retry, origins, options, scope, calls);
    }

    ClientConfig withScope(CallScope newScope) {
        return new ClientConfig(delegate, retry, origins, exchanges, newScope, calls);
    }

    /** What guards the attempts to an origin: its budget, and its breaker if it has one. */
    record OriginGuards(PerOrigin<RetryBudget> budgets, Optional<OriginBreakers> breakers) {

        OriginGuards withMax(int max) {
            return new OriginGuards(budgets.withMax(max), breakers);
        }

        OriginGuards withBreakers(OriginBreakers given) {
            return new OriginGuards(budgets, Optional.of(given));
        }
    }
}
