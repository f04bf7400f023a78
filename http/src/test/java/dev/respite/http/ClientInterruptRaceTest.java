package dev.respite.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;

/** An answer that comes between the interrupt and the cancel, which no socket can be made to do at will. */
class ClientInterruptRaceTest {

    @Test
    void send_answerThatComesBeforeTheCancel_isGivenUp() {
        AtomicBoolean givenUp = new AtomicBoolean();
        RetryingHttpClient client = new Ear().client(new LateClient(givenUp), "");
        HttpRequest get =
                HttpRequest.newBuilder(URI.create("http://localhost/")).build();

        try {
            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> client.send(get, BodyHandlers.ofString()));
        } finally {
            Thread.interrupted();
        }

        assertThat(givenUp).isTrue();
    }

    /** Interrupts its caller once the request is sent; its answer, a 503, is there when somebody cancels the exchange. */
    private static final class LateClient extends HttpClient {
        private final AtomicBoolean givenUp;

        LateClient(AtomicBoolean givenUp) {
            this.givenUp = givenUp;
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
            Thread.currentThread().interrupt();
            return new CompletableFuture<>() {
                @Override
                public boolean cancel(boolean mayInterruptIfRunning) {
                    complete(answer(request, handler));
                    return false;
                }
            };
        }

        private <T> HttpResponse<T> answer(HttpRequest request, BodyHandler<T> handler) {
            HttpHeaders headers = HttpHeaders.of(Map.of(), (name, value) -> true);
            BodySubscriber<T> body = handler.apply(new HttpResponse.ResponseInfo() {
                @Override
                public int statusCode() {
                    return 503;
                }

                @Override
                public HttpHeaders headers() {
                    return headers;
                }

                @Override
                public Version version() {
                    return Version.HTTP_1_1;
                }
            });
            body.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {}

                @Override
                public void cancel() {
                    givenUp.set(true);
                }
            });
            return new Unavailable<>(
                    request, headers, body.getBody().toCompletableFuture().join());
        }

        @Override
        public <T> CompletableFuture<HttpResponse<T>> sendAsync(
                HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> pushes) {
            return sendAsync(request, handler);
        }

        @Override
        public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<CookieHandler> cookieHandler() {
            return Optional.empty();
        }

        @Override
        public Optional<Duration> connectTimeout() {
            return Optional.empty();
        }

        @Override
        public Redirect followRedirects() {
            return Redirect.NEVER;
        }

        @Override
        public Optional<ProxySelector> proxy() {
            return Optional.empty();
        }

        @Override
        public SSLContext sslContext() {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLParameters sslParameters() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<Authenticator> authenticator() {
            return Optional.empty();
        }

        @Override
        public Version version() {
            return Version.HTTP_1_1;
        }

        @Override
        public Optional<Executor> executor() {
            return Optional.empty();
        }
    }

    private record Unavailable<T>(HttpRequest request, HttpHeaders headers, T body) implements HttpResponse<T> {
        @Override
        public int statusCode() {
            return 503;
        }

        @Override
        public Optional<HttpResponse<T>> previousResponse() {
            return Optional.empty();
        }

        @Override
        public Optional<SSLSession> sslSession() {
            return Optional.empty();
        }

        @Override
        public URI uri() {
            return request.uri();
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }
}
