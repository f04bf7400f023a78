package dev.respite.benchmarks.http;

import dev.respite.apache5.ApacheRetry;
import dev.respite.grpc.GrpcRetry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.okhttp.OkHttpRetry;
import dev.respite.policy.RetryPolicy;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** The client that is measured. */
enum MeasuredClient {
    BARE("JDK client"),
    RESPITE("**Respite**"),
    RESPITE_UNTIMED("**Respite**, `total-timeout=off`"),
    RESILIENCE4J("Resilience4j"),
    OKHTTP("OkHttp"),
    RESPITE_OKHTTP("**Respite** with OkHttp"),
    APACHE("Apache HttpClient"),
    RESPITE_APACHE("**Respite** with Apache HttpClient"),
    GRPC("gRPC"),
    GRPC_DEADLINE("gRPC with a deadline"),
    RESPITE_GRPC("**Respite** with gRPC");

    private final String label;

    MeasuredClient(String label) {
        this.label = label;
    }

    /** Returns an operation that sends one GET, for all threads of the load. */
    Callable<byte[]> open(URI uri) {
        // HTTP/1.1 only, so that no request carries the headers of an upgrade.
        HttpClient bare =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        return switch (this) {
            case BARE -> exchange(bare, uri);
            case RESPITE -> exchange(RetryingHttpClient.of(bare), uri);
            case RESPITE_UNTIMED ->
                exchange(
                        RetryingHttpClient.of(bare, dev.respite.Retry.of(RetryPolicy.parse("total-timeout=off"))), uri);
            case RESILIENCE4J -> {
                HttpRequest request = HttpRequest.newBuilder(uri).build();
                Callable<HttpResponse<byte[]>> retried =
                        Retry.decorateCallable(resilience4j(), () -> bare.send(request, BodyHandlers.ofByteArray()));
                yield () -> retried.call().body();
            }
            case OKHTTP -> exchange(new OkHttpClient(), uri);
            case RESPITE_OKHTTP -> exchange(OkHttpRetry.of(new OkHttpClient(), HttpRetry.withDefaults()), uri);
            case APACHE -> exchange(apache().disableAutomaticRetries(), uri);
            case RESPITE_APACHE ->
                exchange(ApacheRetry.of(HttpRetry.withDefaults()).install(apache()), uri);
            case GRPC -> GrpcService.call(channel(uri));
            case GRPC_DEADLINE -> GrpcService.call(channel(uri).intercept(new Deadline()));
            case RESPITE_GRPC ->
                GrpcService.call(GrpcRetry.of(dev.respite.Retry.withDefaults()).install(channel(uri)));
        };
    }

    /** Gives each call the deadline that the total timeout gives it by default. */
    private static final class Deadline implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return next.newCall(method, options.withDeadlineAfter(30, TimeUnit.SECONDS));
        }
    }

    private static ManagedChannelBuilder<?> channel(URI uri) {
        return ManagedChannelBuilder.forAddress(uri.getHost(), uri.getPort());
    }

    /** Returns the client below, without retries. */
    MeasuredClient below() {
        return switch (this) {
            case OKHTTP, RESPITE_OKHTTP -> OKHTTP;
            case APACHE, RESPITE_APACHE -> APACHE;
            case GRPC, GRPC_DEADLINE, RESPITE_GRPC -> GRPC;
            case BARE, RESPITE, RESPITE_UNTIMED, RESILIENCE4J -> BARE;
        };
    }

    private static Callable<byte[]> exchange(HttpClient client, URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        return () -> client.send(request, BodyHandlers.ofByteArray()).body();
    }

    private static Callable<byte[]> exchange(Call.Factory client, URI uri) {
        Request request = new Request.Builder().url(uri.toString()).build();
        return () -> {
            try (Response response = client.newCall(request).execute()) {
                return response.body().bytes();
            }
        };
    }

    /** Returns a builder whose clients have a connection for each thread of the load. */
    private static HttpClientBuilder apache() {
        return HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnPerRoute(LoadProcess.THREADS)
                        .build());
    }

    private static Callable<byte[]> exchange(HttpClientBuilder builder, URI uri) {
        CloseableHttpClient client = builder.build();
        return () -> client.execute(new HttpGet(uri), response -> EntityUtils.toByteArray(response.getEntity()));
    }

    /** As many attempts as Respite's default has, at the failures that it retries. */
    private static Retry resilience4j() {
        return Retry.of(
                "http",
                RetryConfig.<HttpResponse<byte[]>>custom()
                        .maxAttempts(3)
                        .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(100), 2))
                        .retryExceptions(IOException.class)
                        .retryOnResult(response -> response.statusCode() >= 500)
                        .build());
    }

    @Override
    public String toString() {
        return label;
    }
}
