package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.respite.Retry;
import dev.respite.apache5.ApacheRetry;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.FaultyServer.Received;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.okhttp.OkHttpRetry;
import dev.respite.policy.RetryPolicy;
import feign.AsyncClient;
import feign.AsyncFeign;
import feign.Client;
import feign.Feign;
import feign.FeignException;
import feign.Headers;
import feign.Param;
import feign.Request;
import feign.RequestLine;
import feign.RetryableException;
import feign.Retryer;
import feign.hc5.ApacheHttp5Client;
import feign.hc5.AsyncApacheHttp5Client;
import feign.http2client.Http2Client;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Feign over each client that retries. At the end of a test no response may be left that is neither read nor closed. */
class FeignTest {

    private static final String POLICY = "max-attempts=3 base-delay=1ms budget=off";
    private static final Reply BUSY = Reply.of(503).body("busy");
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 10_000;

    private final FaultyServer server = FaultyServer.start();

    /** Retries with keys for some places. */
    record Retries(Retry retry, IdempotencyKeys keys) {
        HttpRetry http() {
            return HttpRetry.of(retry).withIdempotencyKeys(keys);
        }
    }

    /** A client that Feign takes. */
    enum Below {
        JDK {
            @Override
            Client client(Retries retries) {
                HttpClient client = HttpClient.newBuilder()
                        .connectTimeout(Duration.ofMillis(CONNECT_MILLIS))
                        .build();
                return new Http2Client(
                        RetryingHttpClient.of(client, retries.retry()).withIdempotencyKeys(retries.keys()));
            }
        },
        OKHTTP {
            @Override
            Client client(Retries retries) {
                return new feign.okhttp.OkHttpClient(
                        OkHttpRetry.of(new OkHttpClient(), retries.http()).client());
            }
        },
        APACHE {
            @Override
            Client client(Retries retries) {
                return new ApacheHttp5Client(ApacheRetry.of(retries.http())
                        .install(HttpClients.custom())
                        .build());
            }

            @Override
            AsyncClient<?> asyncClient(Retries retries) {
                CloseableHttpAsyncClient client = ApacheRetry.of(retries.http())
                        .install(HttpAsyncClients.custom())
                        .build();
                client.start();
                return new AsyncApacheHttp5Client(client);
            }
        };

        abstract Client client(Retries retries);

        /** The client itself sends asynchronously too, if it can. */
        AsyncClient<?> asyncClient(Retries retries) {
            return (AsyncClient<?>) client(retries);
        }
    }

    interface Orders {
        @RequestLine("GET /")
        String get();

        @RequestLine("GET /")
        String get(Request.Options options);

        @RequestLine("PUT /")
        String put(String body);

        @RequestLine("POST /")
        String post(String body);

        @RequestLine("POST /")
        @Headers("Idempotency-Key: {key}")
        String post(@Param("key") String key, String body);

        @RequestLine("POST /")
        String postNothing();

        @RequestLine("POST /keyed")
        String postToKeyed(String body);
    }

    interface AsyncOrders {
        @RequestLine("GET /")
        CompletableFuture<String> get();

        @RequestLine("POST /")
        CompletableFuture<String> post(String body);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static Request.Options options(int connectMillis, int readMillis, boolean followRedirects) {
        return new Request.Options(
                connectMillis, TimeUnit.MILLISECONDS, readMillis, TimeUnit.MILLISECONDS, followRedirects);
    }

    /** Retries with keys for one path. */
    private Retries retries(String policy) {
        return new Retries(Retry.of(RetryPolicy.parse(policy)), IdempotencyKeys.supportedBy(server.uri("/keyed")));
    }

    private Orders orders(Below below) {
        return orders(below.client(retries(POLICY)), options(CONNECT_MILLIS, READ_MILLIS, false));
    }

    private Orders orders(Client client, Request.Options options) {
        return Feign.builder()
                .client(client)
                .options(options)
                .retryer(Retryer.NEVER_RETRY)
                .target(Orders.class, server.uri("").toString());
    }

    private AsyncOrders asyncOrders(Below below) {
        @SuppressWarnings("unchecked") // the context of a request is null
        AsyncClient<Object> client = (AsyncClient<Object>) below.asyncClient(retries(POLICY));
        return AsyncFeign.builder()
                .client(client)
                .options(options(CONNECT_MILLIS, READ_MILLIS, false))
                .retryer(Retryer.NEVER_RETRY)
                .target(AsyncOrders.class, server.uri("").toString());
    }

    private List<List<String>> keys() {
        return server.requests().stream()
                .map(request -> request.values(IdempotencyKeys.HEADER))
                .distinct()
                .toList();
    }

    /** With the options that Feign has by default. */
    @Test
    void get_withTheBuilderOfThePage_isRetried() {
        HttpRetry retry = retries(POLICY).http();
        server.then(BUSY, BUSY);
        Orders orders = Feign.builder()
                .client(new ApacheHttp5Client(
                        ApacheRetry.of(retry).install(HttpClients.custom()).build()))
                .retryer(Retryer.NEVER_RETRY)
                .target(Orders.class, server.uri("").toString());
        assertThat(orders.get()).isEqualTo("ok");
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void get_afterTwoRejectedAttempts_returnsTheThirdResponse(Below below) {
        server.then(BUSY, ServerFault.close());
        assertThat(orders(below).get()).isEqualTo("ok");
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void get_withAllAttemptsRejected_hasTheLastErrorBody(Below below) {
        server.then(BUSY, BUSY, Reply.of(503).body("still busy"));
        FeignException failed =
                catchThrowableOfType(FeignException.class, () -> orders(below).get());
        assertThat(failed).isInstanceOf(FeignException.ServiceUnavailable.class);
        assertThat(failed.contentUTF8()).isEqualTo("still busy");
        assertThat(server.requests()).hasSize(3);
    }

    /** Feign makes an exception for its {@code Retryer} of such a response. */
    @ParameterizedTest
    @EnumSource
    void get_withRetryAfterInTheLastResponse_isNotRetriedByFeign(Below below) {
        server.otherwise(Reply.of(503).header("Retry-After", "0").body("busy"));
        RetryableException failed = catchThrowableOfType(
                RetryableException.class, () -> orders(below).get());
        assertThat(failed.status()).isEqualTo(503);
        assertThat(failed.getCause()).isInstanceOf(FeignException.ServiceUnavailable.class);
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void post_withoutAKey_isSentOnce(Below below) {
        for (ServerFault fault : List.of(BUSY, ServerFault.close(), ServerFault.reset())) {
            int before = server.requests().size();
            server.otherwise(fault);
            assertThatThrownBy(() -> orders(below).post("tea")).isInstanceOf(FeignException.class);
            assertThat(server.requests()).hasSize(before + 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void put_isRetriedWithItsBody(Below below) {
        server.then(BUSY, ServerFault.close());
        assertThat(orders(below).put("100 EUR")).isEqualTo("ok");
        assertThat(server.requests()).hasSize(3).extracting(Received::text).containsOnly("100 EUR");
    }

    @ParameterizedTest
    @EnumSource
    void post_withAKeyOfItsParameter_isRetriedWithTheKey(Below below) {
        server.then(BUSY, ServerFault.close());
        assertThat(orders(below).post("order-1", "tea")).isEqualTo("ok");
        assertThat(server.requests()).hasSize(3).extracting(Received::text).containsOnly("tea");
        assertThat(keys()).containsExactly(List.of("order-1"));
    }

    @ParameterizedTest
    @EnumSource
    void post_toAServerThatHonoursKeys_hasAKeyForEachCall(Below below) {
        Orders orders = orders(below);
        server.then(BUSY, ServerFault.close());
        assertThat(orders.postToKeyed("tea")).isEqualTo("ok");
        assertThat(keys()).singleElement().satisfies(key -> assertThat(key).hasSize(1));
        assertThat(orders.postToKeyed("tea")).isEqualTo("ok");
        assertThat(server.requests()).hasSize(4);
        assertThat(keys()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void get_withReadTimeoutOfTheRequest_limitsEachAttempt(Below below) {
        server.then(ServerFault.hang(), ServerFault.hang());
        assertThat(orders(below).get(options(CONNECT_MILLIS, 800, false))).isEqualTo("ok");
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void get_withAttemptTimeout_limitsEachAttempt(Below below) {
        server.then(ServerFault.hang(), ServerFault.hang());
        Orders orders = orders(
                below.client(retries(POLICY + " attempt-timeout=800ms")), options(CONNECT_MILLIS, READ_MILLIS, false));
        assertThat(orders.get()).isEqualTo("ok");
        assertThat(server.requests()).hasSize(3);
    }

    /** Feign's client for OkHttp then derives another client, and that for Apache HttpClient has a configuration for each request. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void get_withOtherOptions_isRetried(Below below) {
        Orders orders = orders(below);
        for (Request.Options other :
                List.of(options(CONNECT_MILLIS, READ_MILLIS, true), options(3_000, READ_MILLIS, false))) {
            int before = server.requests().size();
            server.then(BUSY, BUSY);
            assertThat(orders.get(other)).isEqualTo("ok");
            assertThat(server.requests()).hasSize(before + 3);
        }
    }

    @ParameterizedTest
    @EnumSource
    void interrupt_inADelay_endsTheCallWithItsLastResponse(Below below) throws Exception {
        server.otherwise(BUSY);
        Orders orders = orders(
                below.client(retries("base-delay=20s jitter=none total-timeout=2m budget=off")),
                options(CONNECT_MILLIS, READ_MILLIS, false));
        FutureTask<Boolean> call = new FutureTask<>(() -> {
            assertThatThrownBy(orders::get).isInstanceOf(FeignException.ServiceUnavailable.class);
            return Thread.interrupted();
        });
        Thread caller = new Thread(call);
        caller.setDaemon(true);
        caller.start();
        Awaitility.await().until(() -> server.requests().size() == 1 && isWaiting(caller));
        caller.interrupt();
        boolean interrupted = call.get(15, TimeUnit.SECONDS);
        // The stream of a body takes the interrupt in older JDKs.
        assertThat(interrupted || below == Below.JDK).as("remains interrupted").isTrue();
        assertThat(server.requests()).hasSize(1);
    }

    private static boolean isWaiting(Thread caller) {
        return caller.getState() == Thread.State.TIMED_WAITING;
    }

    /** The record of the decision admits it: Feign's exception is another object than the response. */
    @ParameterizedTest
    @EnumSource
    void get_inAnotherRetry_multiplies(Below below) {
        server.otherwise(BUSY);
        Orders orders = orders(below);
        assertThatThrownBy(() -> Retry.of(RetryPolicy.parse(POLICY)).call(orders::get))
                .isInstanceOf(FeignException.ServiceUnavailable.class);
        assertThat(server.requests()).hasSize(9);
    }

    /** The page warns of it, and the JDK's client does not do it. */
    @Test
    void emptyPost_ofFeignsDefaultClient_isSentTwice() {
        Orders orders = orders(new Client.Default(null, null), options(CONNECT_MILLIS, READ_MILLIS, false));
        assertThat(orders.get()).isEqualTo("ok");
        server.otherwise(ServerFault.close());
        assertThatThrownBy(orders::postNothing).isInstanceOf(RetryableException.class);
        assertThat(server.requests()).hasSize(3);
        assertThatThrownBy(() -> orders(Below.JDK).postNothing()).isInstanceOf(RetryableException.class);
        assertThat(server.requests()).hasSize(4);
    }

    @ParameterizedTest
    @EnumSource
    void asyncGet_afterTwoRejectedAttempts_returnsTheThirdResponse(Below below) {
        server.then(BUSY, BUSY);
        assertThat(asyncOrders(below).get())
                .succeedsWithin(Duration.ofSeconds(10))
                .isEqualTo("ok");
        assertThat(server.requests()).hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void asyncPost_withoutAKey_isSentOnce(Below below) {
        server.otherwise(BUSY);
        assertThat(asyncOrders(below).post("tea"))
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                .withCauseInstanceOf(FeignException.ServiceUnavailable.class);
        assertThat(server.requests()).hasSize(1);
    }
}
