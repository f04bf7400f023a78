package dev.respite.opentelemetry;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.instrumentation.api.instrumenter.Instrumenter;
import io.opentelemetry.instrumentation.api.instrumenter.SpanKindExtractor;
import io.opentelemetry.instrumentation.api.semconv.http.HttpClientAttributesExtractor;
import io.opentelemetry.instrumentation.api.semconv.http.HttpClientAttributesGetter;
import io.opentelemetry.instrumentation.api.semconv.http.HttpSpanNameExtractor;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * The JDK's client under OpenTelemetry's own {@link Instrumenter}: with the same parts that their instrumentations of HTTP
 * clients are made of, it makes a span for each request that is sent, and counts resends.
 */
final class InstrumentedClient extends HttpClient {

    private final HttpClient client = HttpClient.newHttpClient();
    private final Instrumenter<HttpRequest, HttpResponse<?>> instrumenter;

    InstrumentedClient(OpenTelemetry sdk) {
        Attributes attributes = new Attributes();
        instrumenter = Instrumenter.<HttpRequest, HttpResponse<?>>builder(
                        sdk, "test", HttpSpanNameExtractor.create(attributes))
                .addAttributesExtractor(HttpClientAttributesExtractor.create(attributes))
                .buildInstrumenter(SpanKindExtractor.alwaysClient());
    }

    private static final class Attributes implements HttpClientAttributesGetter<HttpRequest, HttpResponse<?>> {
        @Override
        public String getUrlFull(HttpRequest request) {
            return request.uri().toString();
        }

        @Override
        public String getServerAddress(HttpRequest request) {
            return request.uri().getHost();
        }

        @Override
        public Integer getServerPort(HttpRequest request) {
            return request.uri().getPort();
        }

        @Override
        public String getHttpRequestMethod(HttpRequest request) {
            return request.method();
        }

        @Override
        public List<String> getHttpRequestHeader(HttpRequest request, String name) {
            return request.headers().allValues(name);
        }

        @Override
        public Integer getHttpResponseStatusCode(HttpRequest request, HttpResponse<?> response, Throwable error) {
            return response.statusCode();
        }

        @Override
        public List<String> getHttpResponseHeader(HttpRequest request, HttpResponse<?> response, String name) {
            return response.headers().allValues(name);
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        Context parent = Context.current();
        if (!instrumenter.shouldStart(parent, request)) {
            return client.sendAsync(request, handler);
        }
        Context context = instrumenter.start(parent, request);
        try (Scope current = context.makeCurrent()) {
            return client.sendAsync(request, handler)
                    .whenComplete((response, error) -> instrumenter.end(context, request, response, error));
        }
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws IOException, InterruptedException {
        Context context = instrumenter.start(Context.current(), request);
        HttpResponse<T> response = null;
        Throwable error = null;
        try (Scope current = context.makeCurrent()) {
            response = client.send(request, handler);
            return response;
        } catch (IOException failed) {
            error = failed;
            throw failed;
        } finally {
            instrumenter.end(context, request, response, error);
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, HttpResponse.BodyHandler<T> handler, HttpResponse.PushPromiseHandler<T> pushes) {
        throw new UnsupportedOperationException("no test pushes");
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return client.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return client.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return client.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return client.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return client.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return client.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return client.authenticator();
    }

    @Override
    public Version version() {
        return client.version();
    }

    @Override
    public Optional<Executor> executor() {
        return client.executor();
    }
}
