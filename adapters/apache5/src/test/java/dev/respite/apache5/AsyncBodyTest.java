package dev.respite.apache5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerConnection;
import dev.respite.http.faulty.ServerFault;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleResponseConsumer;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.impl.bootstrap.HttpAsyncServer;
import org.apache.hc.core5.http.nio.AsyncRequestConsumer;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.AsyncServerRequestHandler;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.entity.DiscardingEntityConsumer;
import org.apache.hc.core5.http.nio.support.AsyncResponseBuilder;
import org.apache.hc.core5.http.nio.support.BasicRequestConsumer;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.impl.nio.bootstrap.H2ServerBootstrap;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.reactor.ListenerEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Bodies of asynchronous requests and responses, and HTTP/2. */
class AsyncBodyTest extends ApacheFixture {

    private final CloseableHttpAsyncClient client =
            retrying().install(HttpAsyncClients.custom()).build();

    AsyncBodyTest() {
        client.start();
    }

    @AfterEach
    void closeClient() {
        client.close(CloseMode.IMMEDIATE);
    }

    /** Counts its releases. */
    private static final class Counted extends BasicAsyncEntityProducer {

        private final AtomicInteger released = new AtomicInteger();

        Counted(byte[] content) {
            super(content, ContentType.APPLICATION_OCTET_STREAM);
        }

        @Override
        public void releaseResources() {
            released.incrementAndGet();
            super.releaseResources();
        }
    }

    private Outgoing put() {
        return new Outgoing("PUT", server.uri("/orders"), Outgoing.Body.NONE, Map.of());
    }

    /** The attempt that is late has sent half of it. */
    @Test
    void requestBody_ofALateAttempt_isWholeInTheNext() throws Exception {
        byte[] body = new byte[8_000_000];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i / 1000);
        }
        ServerFault stalled = new ServerFault() {
            @Override
            public boolean act(ServerConnection line) throws InterruptedException {
                line.pause(1000);
                return false;
            }

            @Override
            public boolean readsRequest() {
                return false;
            }
        };
        server.then(stalled).otherwise(Reply.of(200).body("ok"));

        SimpleHttpResponse response = client.execute(
                        put().asynchronous(new Counted(body)), SimpleResponseConsumer.create(), null)
                .get(30, TimeUnit.SECONDS);

        assertThat(response.getBodyText()).isEqualTo("ok");
        assertThat(server.requests()).singleElement().extracting(Received::body).isEqualTo(body);
    }

    @Test
    void requestBody_isReleasedAtTheEndOnce_andBetweenAttempts() throws Exception {
        server.then(ServerFault.close(), ServerFault.close())
                .otherwise(Reply.of(200).body("ok"));
        Counted body = new Counted(new byte[] {'t'});

        client.execute(put().asynchronous(body), SimpleResponseConsumer.create(), null)
                .get(30, TimeUnit.SECONDS);

        await().until(() -> body.released.get() == 3);
        assertThat(server.requests()).extracting(Received::text).containsExactly("t", "t", "t");
    }

    /** An attempt whose connection comes after its end must not send: its body would arrive twice. */
    @Test
    void connectionThatComesTooLate_sendsNothing() throws Exception {
        AtomicReference<Runnable> late = new AtomicReference<>();
        HttpAsyncClientBuilder builder = HttpAsyncClients.custom()
                .addExecInterceptorAfter(
                        ChainElement.CONNECT.name(), "late", (request, body, scope, chain, callback) -> {
                            Runnable proceed = () -> {
                                try {
                                    chain.proceed(request, body, scope, callback);
                                } catch (HttpException | IOException failed) {
                                    callback.failed(failed);
                                }
                            };
                            if (!late.compareAndSet(null, proceed)) {
                                proceed.run();
                            }
                        });
        try (CloseableHttpAsyncClient own = retrying().install(builder).build()) {
            own.start();
            own.execute(post().asynchronous(), SimpleResponseConsumer.create(), null)
                    .get(30, TimeUnit.SECONDS);

            assertThatCode(() -> late.get().run()).doesNotThrowAnyException();
            own.execute(post().asynchronous(), SimpleResponseConsumer.create(), null)
                    .get(30, TimeUnit.SECONDS);
        }
        assertRequests(2);
    }

    /** A response as a caller sees it that reads its body itself. */
    private static final class Watching implements AsyncResponseConsumer<String> {

        private final StringBuilder seen = new StringBuilder();
        private final RuntimeException atHead;
        private volatile FutureCallback<String> result;

        Watching(RuntimeException atHead) {
            this.atHead = atHead;
        }

        @Override
        public void consumeResponse(
                HttpResponse response, EntityDetails details, HttpContext context, FutureCallback<String> callback) {
            if (atHead != null) {
                throw atHead;
            }
            seen.append(response.getCode());
            result = callback;
        }

        @Override
        public void informationResponse(HttpResponse response, HttpContext context) {
            seen.append(response.getCode()).append(' ');
        }

        @Override
        public void failed(Exception cause) {}

        @Override
        public void updateCapacity(CapacityChannel channel) throws IOException {
            channel.update(1 << 16);
        }

        @Override
        public void consume(ByteBuffer source) {
            seen.append(' ').append(source.remaining());
            source.position(source.limit());
        }

        @Override
        public void streamEnd(List<? extends Header> trailers) {
            result.completed(seen.toString());
        }

        @Override
        public void releaseResources() {}
    }

    @Test
    void interimResponse_reachesTheCaller_andBodyStreams() throws Exception {
        server.otherwise(line -> {
            line.write("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n");
            line.write("x".repeat(200_000));
            return true;
        });

        String seen =
                client.execute(get().asynchronous(), new Watching(null), null).get(30, TimeUnit.SECONDS);

        assertThat(seen).startsWith("103 200 ");
    }

    @Test
    void failureOfTheCallersConsumer_endsTheCall() {
        CompletableFuture<Exception> failed = new CompletableFuture<>();
        client.execute(get().asynchronous(), new Watching(new IllegalStateException("mine")), new FutureCallback<>() {
            @Override
            public void completed(String result) {
                failed.complete(new IOException(result));
            }

            @Override
            public void failed(Exception cause) {
                failed.complete(cause);
            }

            @Override
            public void cancelled() {}
        });

        assertThat(failed)
                .succeedsWithin(Duration.ofSeconds(30))
                .satisfies(cause -> assertThat(cause).hasMessage("mine"));
        assertRequests(1);
    }

    @Test
    void http2_isRetriedToo() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        HttpAsyncServer http2 = H2ServerBootstrap.bootstrap()
                .setVersionPolicy(HttpVersionPolicy.FORCE_HTTP_2)
                .setCanonicalHostName("127.0.0.1")
                .register("*", new Flaky(requests))
                .create();
        http2.start();
        try (CloseableHttpAsyncClient own =
                retrying().install(HttpAsyncClients.customHttp2()).build()) {
            own.start();
            ListenerEndpoint endpoint = http2.listen(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), URIScheme.HTTP)
                    .get();
            int port = ((InetSocketAddress) endpoint.getAddress()).getPort();

            SimpleHttpResponse response = own.execute(
                            Outgoing.get(URI.create("http://127.0.0.1:" + port + "/orders"))
                                    .asynchronous(),
                            SimpleResponseConsumer.create(),
                            null)
                    .get(30, TimeUnit.SECONDS);

            assertThat(response.getCode() + " " + response.getBodyText()).isEqualTo("200 2");
            assertThat(requests).hasValue(3);
        } finally {
            http2.close(CloseMode.IMMEDIATE);
        }
    }

    /** Rejects two requests: the first at its head, the second without an end. */
    private record Flaky(AtomicInteger requests) implements AsyncServerRequestHandler<Message<HttpRequest, Void>> {

        @Override
        public AsyncRequestConsumer<Message<HttpRequest, Void>> prepare(
                HttpRequest request, EntityDetails details, HttpContext context) {
            return new BasicRequestConsumer<>(details == null ? null : new DiscardingEntityConsumer<>());
        }

        @Override
        public void handle(Message<HttpRequest, Void> request, ResponseTrigger trigger, HttpContext context)
                throws HttpException, IOException {
            int number = requests.incrementAndGet();
            if (number == 2) {
                return;
            }
            trigger.submitResponse(
                    AsyncResponseBuilder.create(number == 1 ? 503 : 200)
                            .setEntity(request.getHead().getFirstHeader("Respite-Attempt") == null ? "1" : "2")
                            .build(),
                    context);
        }
    }
}
