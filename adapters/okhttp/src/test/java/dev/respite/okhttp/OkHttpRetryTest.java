package dev.respite.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ReservedPort;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.Cases;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that leave an OkHttp client, against a server that counts them. */
class OkHttpRetryTest extends OkHttpFixture {

    /** A server that listens from the second attempt on. */
    private static final class LateServer implements AutoCloseable {

        private final ReservedPort port = new ReservedPort();
        private final URI uri = port.uri();
        private final AtomicInteger attempts = new AtomicInteger();
        private volatile Optional<FaultyServer> opened = Optional.empty();

        URI uri() {
            return uri;
        }

        OkHttpClient client(OkHttpClient base) {
            return base.newBuilder()
                    .addInterceptor(chain -> {
                        if (attempts.incrementAndGet() == 2) {
                            opened = Optional.of(port.open(Reply.of(201).body("made")));
                        }
                        return chain.proceed(chain.request());
                    })
                    .build();
        }

        @Override
        public void close() {
            port.close();
            opened.ifPresent(FaultyServer::closeForcibly);
        }
    }

    @ParameterizedTest
    @EnumSource
    void get_thatIsUnavailable_isSentAgainAndReturned(Way way) {
        server.then(UNAVAILABLE, UNAVAILABLE).otherwise(Reply.of(200).body("ok"));

        assertThat(result(way, retrying(), get())).isEqualTo("200 ok");

        assertThat(server.requests())
                .extracting(request -> request.values("Respite-Attempt"))
                .containsExactly(List.of(), List.of("2"), List.of("3"));
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void lastResponse_isTheServersOwn(Way way) {
        server.otherwise(UNAVAILABLE.header("Retry-After", "0"));

        try (Response response = way.send(retrying(), get())) {
            assertThat(response.header("Retry-After")).isEqualTo("0");
            assertThat(response.body().string()).isEqualTo("busy");
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }

        assertRequests(3);
    }

    /** OkHttp by itself sends it twice. */
    @ParameterizedTest
    @EnumSource
    void post_withoutAKey_isSentOnce(Way way) {
        for (ServerFault fault : List.of(
                UNAVAILABLE.header("Retry-After", "0"),
                UNAVAILABLE.header("Retry-After", "00"),
                Reply.of(408),
                ServerFault.close(),
                ServerFault.reset())) {
            try (FaultyServer own = FaultyServer.start(Reply.of(200))) {
                Request request =
                        post().newBuilder().url(own.uri("/orders").toString()).build();
                String unusedPooled = result(way, retrying(), request);
                own.otherwise(fault);

                String result = result(way, retrying(), request);

                assertThat(own.requests()).as(fault + ": " + result).hasSize(2);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void post_withAKey_isSentAsOftenAsThePolicyPermitsWithOneKey(Way way) {
        server.otherwise(ServerFault.close());

        String unused = result(way, keyed(), post());

        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests().stream()
                        .map(request -> request.values("Idempotency-Key"))
                        .distinct())
                .singleElement()
                .satisfies(keys -> assertThat(keys).hasSize(1));
    }

    @ParameterizedTest
    @EnumSource
    void post_thatCannotConnect_isSentWhenTheServerIsThere(Way way) throws Exception {
        try (LateServer late = new LateServer()) {
            Request request = post().newBuilder().url(late.uri().toString()).build();

            assertThat(result(way, retrying(late.client(plain), POLICY), request))
                    .isEqualTo("201 made");
        }
    }

    /** The exception does not show that nothing was sent. The events of the call show it: OkHttp requested only the tunnel. */
    @ParameterizedTest
    @EnumSource
    void post_whoseTunnelIsRejected_isSentAgain(Way way) {
        server.otherwise(Reply.of(503));
        OkHttpClient client = plain.newBuilder()
                .proxy(new Proxy(
                        Proxy.Type.HTTP,
                        new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), server.uri().getPort())))
                .build();
        Request request = post().newBuilder().url("https://shop.example/orders").build();

        assertThat(result(way, retrying(client, POLICY), request)).isEqualTo("IOException");

        assertThat(server.requests()).extracting(Received::method).containsExactly("CONNECT", "CONNECT", "CONNECT");
    }

    @ParameterizedTest
    @EnumSource
    void host_withADeadAddress_isReachedAtItsOther(Way way) throws Exception {
        InetAddress dead = InetAddress.getByAddress("shop", new byte[] {127, 0, 0, 99});
        InetAddress alive = InetAddress.getByAddress("shop", new byte[] {127, 0, 0, 1});
        for (boolean fast : new boolean[] {false, true}) {
            OkHttpClient client = plain.newBuilder()
                    .fastFallback(fast)
                    .dns(host -> List.of(dead, alive))
                    .build();
            Request request = post().newBuilder()
                    .url("http://shop:" + server.uri().getPort() + "/orders")
                    .build();

            assertThat(result(way, retrying(client, RetryPolicy.parse("max-attempts=1")), request))
                    .startsWith("200");
        }
        assertRequests(2);
    }

    @ParameterizedTest
    @EnumSource
    void oneShotBody_isSentOnce_unlessNothingWasSent(Way way) throws Exception {
        RequestBody oneShot = new RequestBody() {
            @Override
            public MediaType contentType() {
                return MediaType.get("text/plain");
            }

            @Override
            public boolean isOneShot() {
                return true;
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                sink.writeUtf8("tea");
            }
        };
        server.otherwise(UNAVAILABLE);

        String unused = result(way, retrying(), get().newBuilder().put(oneShot).build());

        assertRequests(1);
        assertThat(reasons).containsExactly(StopReason.INPUT_CONSUMED);
        try (LateServer late = new LateServer()) {
            Request request =
                    get().newBuilder().url(late.uri().toString()).put(oneShot).build();
            assertThat(result(way, retrying(late.client(plain), POLICY), request))
                    .isEqualTo("201 made");
        }
    }

    /** A dispatcher of one thread has it for the other calls. */
    @Test
    void enqueuedCall_inADelay_holdsNoThreadOfTheDispatcher() throws Exception {
        Dispatcher one = new Dispatcher();
        one.setMaxRequests(1);
        OkHttpClient client = plain.newBuilder().dispatcher(one).build();
        server.then(UNAVAILABLE).otherwise(Reply.of(200).body("ok"));
        OkHttpRetry retry = retrying(client, RetryPolicy.parse("max-attempts=3 base-delay=1m jitter=none"));
        Call waiting = retry.newCall(get());
        CompletableFuture<Response> first = Way.enqueue(waiting);
        await().until(() -> server.requests().size() == 1);

        try (Response second = Way.enqueue(retry.newCall(get())).get(10, TimeUnit.SECONDS)) {
            assertThat(second.code()).isEqualTo(200);
        }

        assertThat(first).isNotDone();
        waiting.cancel();
        one.executorService().shutdown();
    }

    @ParameterizedTest
    @EnumSource
    void redirect_isFollowed_andAKeyOfThisServerIsNoKeyOfTheOther(Way way) {
        try (FaultyServer elsewhere = FaultyServer.start()) {
            elsewhere.otherwise(UNAVAILABLE);
            server.otherwise(
                    Reply.of(307).header("Location", elsewhere.uri("/other").toString()));

            assertThat(result(way, keyed(), post())).isEqualTo("503 busy");

            assertThat(elsewhere.requests()).hasSize(1);
            assertRequests(1);
        }
    }

    @Tag("cases")
    @ParameterizedTest
    @EnumSource
    void failingCalls_leaveNoConnection(Way way) {
        server.otherwise(UNAVAILABLE);
        OkHttpRetry retry = retrying(plain, RetryPolicy.parse("max-attempts=2 base-delay=0ms jitter=none budget=off"));
        int calls = Cases.of(2_000);
        for (int i = 0; i < calls; i++) {
            assertThat(result(way, retry, get())).isEqualTo("503 busy");
        }
        assertThat(plain.connectionPool().connectionCount()).isEqualTo(1);
        assertThat(plain.connectionPool().idleConnectionCount()).isEqualTo(1);
    }

    @Test
    void listener_ofACall_observesItsAttempts() throws Exception {
        server.then(UNAVAILABLE).otherwise(Reply.of(200));
        List<String> events = new ArrayList<>();
        Call call = retrying().newCall(get());
        call.addEventListener(new EventListener() {
            @Override
            public void connectionAcquired(Call sent, Connection connection) {
                events.add("connection");
            }
        });

        try (Response response = Way.enqueue(call).get(10, TimeUnit.SECONDS)) {
            assertThat(response.code()).isEqualTo(200);
        }

        assertThat(events).containsExactly("connection", "connection");
        assertThatThrownBy(call::execute).isInstanceOf(IllegalStateException.class);
        try (Response again = call.clone().execute()) {
            assertThat(again.code()).isEqualTo(200);
        }
    }
}
