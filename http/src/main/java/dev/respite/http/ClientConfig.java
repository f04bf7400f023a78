package dev.respite.http;

import dev.respite.http.exchange.HttpRetry;
import java.net.http.HttpClient;
import java.util.function.UnaryOperator;

/**
 * The configuration of a client.
 *
 * @param delegate the client that sends
 * @param retry what retries its requests
 * @param exchanges how requests are prepared and responses read
 */
record ClientConfig(HttpClient delegate, HttpRetry retry, ExchangeOptions exchanges) {

    /** The same for another client, whose calls are its own. */
    ClientConfig withDelegate(HttpClient client) {
        return new ClientConfig(client, retry.withOwnCalls(), exchanges);
    }

    ClientConfig withRetry(UnaryOperator<HttpRetry> change) {
        return new ClientConfig(delegate, change.apply(retry), exchanges);
    }

    ClientConfig withExchanges(UnaryOperator<ExchangeOptions> change) {
        return new ClientConfig(delegate, retry, change.apply(exchanges));
    }
}
