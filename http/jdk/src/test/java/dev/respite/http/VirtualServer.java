package dev.respite.http;

import dev.respite.http.faulty.Reply;
import dev.respite.time.VirtualTime;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/** A client whose server is a script: each request gets the next reply, after its latency in virtual time. */
final class VirtualServer extends HttpClient {

    /**
     * A response, or a failure, and how long it takes. A response may have a Retry-After header, and a body that comes later or breaks
     * off.
     */
    private record Reply(int status, String retryAfter, Throwable failure, Duration latency, Duration body) {}

    final List<Long> cameAtMillis = new ArrayList<>();
    private final VirtualTime time;
    private final Deque<Reply> replies = new ArrayDeque<>();

    VirtualServer(VirtualTime time) {
        this.time = time;
    }

    VirtualServer replies(int status, Duration latency) {
        return replies(status, null, latency);
    }

    VirtualServer replies(int status, String retryAfter, Duration latency) {
        replies.add(new Reply(status, retryAfter, null, latency, Duration.ZERO));
        return this;
    }

    /** The body follows its head after a time, or breaks off then if there is a failure. */
    VirtualServer streams(int status, Throwable failure, Duration latency, Duration body) {
        replies.add(new Reply(status, null, failure, latency, body));
        return this;
    }

    VirtualServer fails(Throwable failure, Duration latency) {
        replies.add(new Reply(0, null, failure, latency, Duration.ZERO));
        return this;
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        Reply reply = replies.removeFirst();
        cameAtMillis.add(time.nanoTime() / 1_000_000);
        CompletableFuture<HttpResponse<T>> response = new CompletableFuture<>();
        time.schedule(
                () -> complete(response, reply, request, handler),
                reply.latency().toNanos());
        return response;
    }

    private <T> void complete(
            CompletableFuture<HttpResponse<T>> response, Reply reply, HttpRequest request, BodyHandler<T> handler) {
        if (reply.status() == 0) {
            response.completeExceptionally(reply.failure());
            return;
        }
        Map<String, List<String>> fields =
                reply.retryAfter() == null ? Map.of() : Map.of("Retry-After", List.of(reply.retryAfter()));
        HttpHeaders headers = HttpHeaders.of(fields, (name, value) -> true);
        BodySubscriber<T> reader = handler.apply(new Info(reply.status(), headers));
        reader.getBody().whenComplete((body, error) -> {
            if (error == null) {
                response.complete(new Response<>(reply.status(), headers, request, body));
            } else {
                response.completeExceptionally(error);
            }
        });
        BodyPublishers.ofString("status " + reply.status()).subscribe(new InLists(reader, reply, time));
    }

    /** The bytes of a body, as the client's readers take them. */
    private record InLists(Flow.Subscriber<List<ByteBuffer>> reader, Reply reply, VirtualTime time)
            implements Flow.Subscriber<ByteBuffer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            reader.onSubscribe(
                    reply.body().isZero()
                            ? subscription
                            : new Late(
                                    subscription,
                                    this,
                                    time.nanoTime() + reply.body().toNanos()));
        }

        /** A request is served when the body is there. */
        private record Late(Flow.Subscription subscription, InLists body, long there) implements Flow.Subscription {
            @Override
            public void request(long n) {
                body.time.schedule(() -> serve(n), Math.max(0, there - body.time.nanoTime()));
            }

            private void serve(long n) {
                if (body.reply.failure() == null) {
                    subscription.request(n);
                } else {
                    subscription.cancel();
                    body.reader.onError(body.reply.failure());
                }
            }

            @Override
            public void cancel() {
                subscription.cancel();
            }
        }

        @Override
        public void onNext(ByteBuffer bytes) {
            reader.onNext(List.of(bytes));
        }

        @Override
        public void onError(Throwable error) {
            reader.onError(error);
        }

        @Override
        public void onComplete() {
            reader.onComplete();
        }
    }

    record Info(int statusCode, HttpHeaders headers) implements ResponseInfo {
        @Override
        public Version version() {
            return Version.HTTP_1_1;
        }
    }

    record Response<T>(int statusCode, HttpHeaders headers, HttpRequest request, T body) implements HttpResponse<T> {
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
        public Version version() {
            return Version.HTTP_1_1;
        }
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler) {
        CompletableFuture<HttpResponse<T>> response = sendAsync(request, handler);
        while (!response.isDone()) {
            time.advance(Duration.ofMillis(1));
        }
        return response.join();
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, PushPromiseHandler<T> promises) {
        return sendAsync(request, handler);
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
        throw new UnsupportedOperationException("no TLS here");
    }

    @Override
    public SSLParameters sslParameters() {
        return new SSLParameters();
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
