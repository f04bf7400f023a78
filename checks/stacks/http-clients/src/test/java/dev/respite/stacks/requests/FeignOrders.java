package dev.respite.stacks.requests;

import static dev.respite.stacks.requests.Client.BODY;

import dev.respite.Retry;
import dev.respite.apache5.ApacheRetry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.okhttp.OkHttpRetry;
import feign.Client;
import feign.Feign;
import feign.FeignException;
import feign.HeaderMap;
import feign.Request;
import feign.RequestLine;
import feign.Retryer;
import feign.hc5.ApacheHttp5Client;
import feign.http2client.Http2Client;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.OkHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;

/** The calls of Feign. */
interface FeignOrders {

    int CONNECT_SECONDS = 1;

    @RequestLine("GET /orders")
    String get(@HeaderMap Map<String, String> headers);

    @RequestLine("POST /orders")
    String post(@HeaderMap Map<String, String> headers, String body);

    /** Returns what opens Feign over each client that retries, by the title of its row. */
    static Map<String, Function<Server, Sender>> retrying(Retry retry) {
        HttpRetry http = HttpRetry.of(retry);
        return Map.of(
                "Feign, JDK's `HttpClient`",
                server -> over(
                        server,
                        new Http2Client(RetryingHttpClient.newBuilder(retry)
                                .connectTimeout(Duration.ofSeconds(CONNECT_SECONDS))
                                .followRedirects(HttpClient.Redirect.ALWAYS)
                                .build())),
                "Feign, OkHttp 5",
                server -> over(
                        server,
                        new feign.okhttp.OkHttpClient(
                                OkHttpRetry.of(new OkHttpClient(), http).client())),
                "Feign, Apache 5",
                server -> over(
                        server,
                        new ApacheHttp5Client(ApacheRetry.of(http)
                                .install(HttpClients.custom())
                                .build())));
    }

    private static Sender over(Server server, Client client) {
        return sender(server, Feign.builder().client(client).retryer(Retryer.NEVER_RETRY));
    }

    static Sender sender(Server server, Feign.Builder builder) {
        FeignOrders orders = builder.options(new Request.Options(
                        CONNECT_SECONDS, TimeUnit.SECONDS, server.timeoutMillis(), TimeUnit.MILLISECONDS, true))
                .target(FeignOrders.class, server.uri().resolve("/").toString());
        return (method, headers) -> {
            try {
                String unused = method.equals("GET") ? orders.get(headers) : orders.post(headers, BODY);
                return 200;
            } catch (FeignException failed) {
                if (failed.status() > 0) {
                    return failed.status();
                }
                throw failed;
            }
        };
    }
}
