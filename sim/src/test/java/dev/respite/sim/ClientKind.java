package dev.respite.sim;

import dev.respite.Retry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Load;
import dev.respite.time.TimeSource;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The kind of real clients.
 *
 * @param http sends the requests of all
 * @param client makes a client
 * @param sending makes a call by a client
 * @param report makes the report of calls
 */
record ClientKind(
        HttpClient http,
        Supplier<HttpClient> client,
        RealClients.Sending sending,
        Function<List<RealCall>, ClientsReport> report) {

    /** Clients without a budget that send the number of the attempt as Envoy does. */
    static final String NUMBERED = "naive, numbered";

    /** Clients without a budget that send no number. */
    static final String NAIVE = "naive";

    /** {@code RetryingHttpClient}s with a budget each, since their retry has none. */
    static ClientKind of(Load load, RetryPolicy policy, RealClients.Sending sending) {
        HttpClient http = newHttp();
        Retry retry = Retry.withoutWarnings(ClientPool.limited(policy, load.timeout()), TimeSource.system());
        return new ClientKind(
                http,
                () -> RetryingHttpClient.of(http, retry),
                sending,
                calls -> ClientsReport.of(calls, retry.counts()));
    }

    /**
     * The kind that an argument names.
     *
     * @param text a policy, {@link #NAIVE} or {@link #NUMBERED}
     * @param threads run the calls
     */
    static ClientKind parse(Load load, String text, Executor threads) {
        if (!text.equals(NAIVE) && !text.equals(NUMBERED)) {
            return of(load, RetryPolicy.parse(text), RealClients.Sending.blocking(threads));
        }
        HttpClient http = newHttp();
        NaiveSending naive = new NaiveSending(load.timeout().orElseThrow(), text.equals(NUMBERED), threads);
        return new ClientKind(http, () -> http, naive, naive::report);
    }

    private static HttpClient newHttp() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }
}
