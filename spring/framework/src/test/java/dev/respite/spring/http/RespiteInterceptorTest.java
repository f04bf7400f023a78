package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.NestedRetries;
import dev.respite.Retry;
import dev.respite.call.RetryHandle;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ReservedPort;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.RealTime;
import dev.respite.time.TimeSource;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** {@code RestClient} with the interceptor, over sockets. */
class RespiteInterceptorTest {

    private final FaultyServer server = FaultyServer.start();
    private final Calls calls = new Calls();

    @AfterEach
    void close() {
        Thread.interrupted();
        server.close();
    }

    private RestClient.Builder client(RespiteInterceptor interceptor) {
        return RestClient.builder()
                .requestFactory(new JdkClientHttpRequestFactory())
                .baseUrl(server.uri().toString())
                .requestInterceptor(interceptor);
    }

    private RestClient.Builder client() {
        return client(RespiteInterceptor.of(calls.retry("")).withoutRedirects());
    }

    private static String get(RestClient client) {
        return client.get().uri("/quotes").retrieve().body(String.class);
    }

    @Test
    void lastResponse_isThrownByTheClientAsWithoutRetries() {
        server.otherwise(Reply.of(503).body("overloaded"));
        assertThatExceptionOfType(HttpServerErrorException.ServiceUnavailable.class)
                .isThrownBy(() -> get(client().build()))
                .satisfies(
                        thrown -> assertThat(thrown.getResponseBodyAsString()).isEqualTo("overloaded"));
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void policyOfAHandle_thatIsReplaced_holdsForTheNextCall() {
        server.otherwise(Reply.of(503));
        RetryHandle handle = RetryHandle.of(calls.retry("").retry());
        RestClient client = client(RespiteInterceptor.of(HttpRetry.of(handle))).build();
        assertThatThrownBy(() -> get(client)).isInstanceOf(HttpServerErrorException.class);
        assertThat(server.requests()).hasSize(3);
        handle.changeSettings(Map.of("max-attempts", "1"));
        assertThatThrownBy(() -> get(client)).isInstanceOf(HttpServerErrorException.class);
        assertThat(server.requests()).hasSize(4);
    }

    @Test
    void innerInterceptor_runsOnceForEachAttempt_outerOnceForEachCall() {
        server.then(Reply.of(503), ServerFault.reset());
        AtomicInteger outer = new AtomicInteger();
        AtomicInteger inner = new AtomicInteger();
        RestClient client = RestClient.builder()
                .requestFactory(new JdkClientHttpRequestFactory())
                .baseUrl(server.uri().toString())
                .requestInterceptor((request, body, execution) -> {
                    outer.incrementAndGet();
                    return execution.execute(request, body);
                })
                .requestInterceptor(RespiteInterceptor.of(calls.retry("")))
                .requestInterceptor((request, body, execution) -> {
                    request.getHeaders().add("Signature", "of " + inner.incrementAndGet());
                    return execution.execute(request, body);
                })
                .build();

        assertThat(client.post()
                        .uri("/payments")
                        .header("Idempotency-Key", "mine")
                        .body("100 EUR")
                        .retrieve()
                        .body(String.class))
                .isEqualTo("ok");

        assertThat(outer).hasValue(1);
        assertThat(server.requests())
                .extracting(request -> request.values("Signature"))
                .containsExactly(List.of("of 1"), List.of("of 2"), List.of("of 3"));
        assertThat(server.requests()).extracting(FaultyServer.Received::text).containsOnly("100 EUR");
        assertThat(server.requests())
                .extracting(request -> request.values("Idempotency-Key"))
                .containsOnly(List.of("mine"));
    }

    @Test
    void redirectsThatMayBeFollowed_keepARefusedPostAndMintedKeysFromBeingRetried() {
        HttpRetry keyed = calls.retry("").withIdempotencyKeys(IdempotencyKeys.supportedBy(server.uri()));
        server.then(Reply.of(503));
        RestClient client = client(RespiteInterceptor.of(keyed)).build();
        assertThatThrownBy(() -> client.post().uri("/payments").retrieve().toBodilessEntity())
                .isInstanceOf(HttpServerErrorException.class);
        assertThat(server.requests()).hasSize(1);
        assertThat(server.requests().get(0).values("Idempotency-Key")).hasSize(1);
        assertThat(calls.reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);

        Calls refused = new Calls();
        try (ReservedPort port = new ReservedPort()) {
            RestClient other = client(RespiteInterceptor.of(refused.retry(""))).build();
            assertThatThrownBy(() -> other.post().uri(port.uri()).retrieve().toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class);
        }
        assertThat(refused.attempts()).isEqualTo(1);
    }

    @Test
    void retryAfter_isWaitedFor() {
        server.then(Reply.of(503).header("Retry-After", "1"));
        long start = System.nanoTime();
        assertThat(get(client().build())).isEqualTo("ok");
        assertThat(System.nanoTime() - start).isGreaterThan(1_000_000_000L);
    }

    @Test
    void interruptInTheDelay_returnsTheLastResponseWithItsBody() throws Exception {
        server.otherwise(Reply.of(503).header("Retry-After", "30").body("overloaded"));
        AtomicReference<String> body = new AtomicReference<>();
        AtomicReference<Boolean> flag = new AtomicReference<>();
        RestClient client =
                client(RespiteInterceptor.of(calls.retry("total-timeout=off"))).build();
        Thread caller = new Thread(() -> {
            body.set(client.get()
                    .exchange((request, response) -> response.getStatusCode().value() + " "
                            + new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8)));
            flag.set(Thread.currentThread().isInterrupted());
        });
        caller.start();
        Awaitility.await().until(() -> calls.haveFailed() && caller.getState() == Thread.State.TIMED_WAITING);
        caller.interrupt();
        caller.join();

        assertThat(body).hasValue("503 overloaded");
        assertThat(flag).hasValue(true);
        assertThat(calls.reason()).isEqualTo(StopReason.INTERRUPTED);
    }

    @Test
    void rejectedSlowBody_ofTheJdksClient_delaysTheRetryByLittle() throws Exception {
        RealTime.assertTakesAtMost(Duration.ofSeconds(5), () -> {
            server.then(ServerFault.drip(503, "x".repeat(100), 100));
            assertThat(get(client().build())).isEqualTo("ok");
        });
        Awaitility.await().until(() -> server.openConnections() == 1);
    }

    @Test
    void interruptedThread_sendsNothing() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> get(client().build()))
                .isInstanceOf(ResourceAccessException.class)
                .hasCauseInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void bodyThatBreaksOff_isNotRetried() {
        server.then(ServerFault.half(200, "half"));
        assertThatThrownBy(() -> get(client().build())).isNotNull();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void retryAround_doesNotMultiply_forStatusesAndForBrokenExchanges() {
        for (ServerFault fault : List.of(Reply.of(503), ServerFault.hang())) {
            try (FaultyServer bad = FaultyServer.start().otherwise(fault)) {
                RestClient client = RestClient.builder()
                        .requestFactory(new JdkClientHttpRequestFactory())
                        .requestInterceptor(RespiteInterceptor.of(new Calls().retry("attempt-timeout=500ms")))
                        .build();
                Retry outer = Retry.withoutWarnings(
                        RetryPolicy.parse("base-delay=1ms max-delay=2ms budget=off retry-on=any"), TimeSource.system());

                assertThatThrownBy(() -> outer.call(
                                () -> client.get().uri(bad.uri()).retrieve().body(String.class)))
                        .satisfies(thrown ->
                                assertThat(NestedRetries.hasGivenUp(thrown)).isTrue());
                assertThat(bad.requests()).as("3 attempts, not 9").hasSize(3);
            }
        }
    }

    @Test
    void retryAround_multipliesWhereItsPolicySaysSo() {
        server.otherwise(Reply.of(503));
        RestClient client = client().build();
        Retry outer = Retry.withoutWarnings(
                RetryPolicy.parse("base-delay=1ms max-delay=2ms budget=off nested=retry"), TimeSource.system());
        assertThatThrownBy(() -> outer.call(() -> get(client))).isInstanceOf(HttpServerErrorException.class);
        assertThat(server.requests()).hasSize(9);
    }

    @Test
    void statusThatIsNotRetried_isNotMarked() {
        server.otherwise(Reply.of(404));
        assertThatThrownBy(() -> get(client().build()))
                .satisfies(
                        thrown -> assertThat(NestedRetries.hasGivenUp(thrown)).isFalse());
    }

    @Test
    void budgetOfAnOrigin_isSharedByClientsOfTheSameRetry() {
        server.otherwise(Reply.of(500));
        HttpRetry shared = calls.retry("budget=success:0.5/3/3");
        for (int i = 0; i < 3; i++) {
            RestClient client = client(RespiteInterceptor.of(shared)).build();
            assertThatThrownBy(() -> get(client)).isInstanceOf(HttpServerErrorException.class);
        }
        assertThat(server.requests()).hasSize(3 + 3);
    }
}
