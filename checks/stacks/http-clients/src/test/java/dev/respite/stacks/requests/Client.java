package dev.respite.stacks.requests;

import dev.respite.Retry;
import dev.respite.apache5.ApacheRetry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.okhttp.OkHttpRetry;
import dev.respite.policy.RetryPolicy;
import feign.Feign;
import feign.Retryer;
import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.util.Timeout;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** An HTTP client that many applications have. */
enum Client {
    JDK("JDK's `HttpClient`") {
        @Override
        Sender open(Server server, boolean ownRetries) {
            return jdk(server, java.net.http.HttpClient.newHttpClient());
        }

        @Override
        Map<String, Function<Server, Sender>> retrying() {
            return Map.of(
                    title(),
                    server -> jdk(
                            server, RetryingHttpClient.of(java.net.http.HttpClient.newHttpClient(), Retry.of(POLICY))));
        }

        private Sender jdk(Server server, java.net.http.HttpClient client) {
            return (method, headers) -> {
                HttpRequest.Builder request = HttpRequest.newBuilder(server.uri())
                        .timeout(Duration.ofMillis(server.timeoutMillis()))
                        .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(BODY));
                headers.forEach(request::setHeader);
                return client.send(request.build(), BodyHandlers.ofString()).statusCode();
            };
        }
    },
    URL_CONNECTION("`HttpURLConnection`") {
        @Override
        Sender open(Server server, boolean ownRetries) {
            return (method, headers) -> {
                HttpURLConnection connection =
                        (HttpURLConnection) server.uri().toURL().openConnection();
                connection.setReadTimeout(server.timeoutMillis());
                connection.setRequestMethod(method);
                headers.forEach(connection::setRequestProperty);
                if (!method.equals("GET")) {
                    connection.setDoOutput(true);
                    try (OutputStream out = connection.getOutputStream()) {
                        out.write(BODY.getBytes());
                    }
                }
                int status = connection.getResponseCode();
                if (status < 400) {
                    connection.getInputStream().readAllBytes();
                }
                return status;
            };
        }
    },
    OKHTTP("OkHttp 5") {
        @Override
        Sender open(Server server, boolean ownRetries) {
            OkHttpClient client = okHttp(server)
                    .newBuilder()
                    .retryOnConnectionFailure(ownRetries)
                    .build();
            return okHttp(server, client);
        }

        @Override
        Map<String, Function<Server, Sender>> retrying() {
            return Map.of(
                    title(), server -> okHttp(server, OkHttpRetry.of(okHttp(server), HttpRetry.of(Retry.of(POLICY)))));
        }

        private OkHttpClient okHttp(Server server) {
            return new OkHttpClient.Builder()
                    .readTimeout(Duration.ofMillis(server.timeoutMillis()))
                    .build();
        }

        private Sender okHttp(Server server, Call.Factory client) {
            return (method, headers) -> {
                Request.Builder request = new Request.Builder()
                        .url(server.uri().toString())
                        .method(method, method.equals("GET") ? null : RequestBody.create(BODY.getBytes()));
                headers.forEach(request::header);
                try (Response response = client.newCall(request.build()).execute()) {
                    response.body().bytes();
                    return response.code();
                }
            };
        }
    },
    APACHE("Apache 5") {
        @Override
        Sender open(Server server, boolean ownRetries) {
            HttpClientBuilder builder = HttpClientBuilder.create();
            return apache(server, ownRetries ? builder : builder.disableAutomaticRetries());
        }

        @Override
        Map<String, Function<Server, Sender>> retrying() {
            return Map.of(title(), server -> apache(server, APACHE_RETRY.install(HttpClientBuilder.create())));
        }

        private Sender apache(Server server, HttpClientBuilder builder) {
            CloseableHttpClient client =
                    builder.setDefaultRequestConfig(apacheTimeout(server)).build();
            return new Sender() {
                @Override
                public int send(String method, Map<String, String> headers) throws IOException {
                    ClassicRequestBuilder request =
                            ClassicRequestBuilder.create(method).setUri(server.uri());
                    if (!method.equals("GET")) {
                        request.setEntity(new StringEntity(BODY));
                    }
                    headers.forEach(request::setHeader);
                    return client.execute(request.build(), response -> response.getCode());
                }

                @Override
                public void close() throws IOException {
                    client.close();
                }
            };
        }
    },
    APACHE_ASYNC("Apache 5, asynchronous") {
        @Override
        Sender open(Server server, boolean ownRetries) {
            HttpAsyncClientBuilder builder = HttpAsyncClientBuilder.create();
            return apache(server, ownRetries ? builder : builder.disableAutomaticRetries());
        }

        @Override
        Map<String, Function<Server, Sender>> retrying() {
            return Map.of(title(), server -> apache(server, APACHE_RETRY.install(HttpAsyncClientBuilder.create())));
        }

        private Sender apache(Server server, HttpAsyncClientBuilder builder) {
            CloseableHttpAsyncClient client =
                    builder.setDefaultRequestConfig(apacheTimeout(server)).build();
            client.start();
            return new Sender() {
                @Override
                public int send(String method, Map<String, String> headers) throws Exception {
                    SimpleRequestBuilder builder =
                            SimpleRequestBuilder.create(method).setUri(server.uri());
                    if (!method.equals("GET")) {
                        builder.setBody(BODY, ContentType.TEXT_PLAIN);
                    }
                    headers.forEach(builder::setHeader);
                    SimpleHttpRequest request = builder.build();
                    return client.execute(request, null)
                            .get(30, TimeUnit.SECONDS)
                            .getCode();
                }

                @Override
                public void close() throws IOException {
                    client.close();
                }
            };
        }
    },
    REACTOR_NETTY("Reactor Netty") {
        @Override
        Sender open(Server server, boolean ownRetries) {
            ConnectionProvider pool = ConnectionProvider.create("requests", 1);
            HttpClient client = HttpClient.create(pool)
                    .disableRetry(!ownRetries)
                    .responseTimeout(Duration.ofMillis(server.timeoutMillis()));
            return new Sender() {
                @Override
                public int send(String method, Map<String, String> headers) {
                    HttpClient with = client.headers(fields -> headers.forEach(fields::set));
                    return (method.equals("GET")
                                    ? with.get().uri(server.uri())
                                    : with.request(HttpMethod.valueOf(method))
                                            .uri(server.uri())
                                            .send(ByteBufFlux.fromString(Mono.just(BODY))))
                            .responseSingle((response, body) ->
                                    body.asString().thenReturn(response.status().code()))
                            .block();
                }

                @Override
                public void close() {
                    pool.dispose();
                }
            };
        }
    },
    FEIGN("Feign") {
        @Override
        Sender open(Server server, boolean ownRetries) {
            Feign.Builder builder = Feign.builder();
            return FeignOrders.sender(server, ownRetries ? builder : builder.retryer(Retryer.NEVER_RETRY));
        }

        @Override
        Map<String, Function<Server, Sender>> retrying() {
            return FeignOrders.retrying(Retry.of(POLICY));
        }
    };

    static final RetryPolicy POLICY = RetryPolicy.parse(
            "max-attempts=3 base-delay=1ms jitter=none budget=off" + " acknowledge=short-delay,no-jitter,no-budget");

    static final ApacheRetry APACHE_RETRY = ApacheRetry.of(HttpRetry.of(Retry.of(POLICY)));

    static final String BODY = "tea";

    private final String title;

    Client(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Opens a client with its defaults, or with its own retries switched off. */
    abstract Sender open(Server server, boolean ownRetries);

    /** Returns what opens a client with the retries of Respite, by the title of its row; empty if there is no adapter. */
    Map<String, Function<Server, Sender>> retrying() {
        return Map.of();
    }

    private static RequestConfig apacheTimeout(Server server) {
        return RequestConfig.custom()
                .setResponseTimeout(Timeout.ofMilliseconds(server.timeoutMillis()))
                .build();
    }
}
