package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.respite.NestedRetries;
import dev.respite.Retry;
import dev.respite.call.RetryHandle;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.reactor.ReactorRetry;
import dev.respite.testsupport.RealTime;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** {@code WebClient} with the filter, over sockets. */
@ParameterizedClass
@EnumSource(names = {"WEB_REACTOR_NETTY", "WEB_JDK"})
class RespiteFilterTest {

    private final SpringClient library;
    private final FaultyServer server = FaultyServer.start();
    private final Calls calls = new Calls();

    RespiteFilterTest(SpringClient library) {
        this.library = library;
    }

    @AfterEach
    void close() {
        server.close();
    }

    private WebClient.Builder client(String policy) {
        return WebClient.builder()
                .clientConnector(library.connector())
                .baseUrl(server.uri().toString())
                .filter(RespiteFilter.of(calls.retry(policy)).withoutRedirects());
    }

    private Mono<String> put(BodyInserter<?, ? super ClientHttpRequest> body) {
        return client("").build().put().uri("/files/1").body(body).retrieve().bodyToMono(String.class);
    }

    @Test
    void policyOfAHandle_thatIsReplaced_holdsForTheNextCall() {
        server.otherwise(Reply.of(503));
        RetryHandle handle = RetryHandle.of(calls.retry("").retry());
        Mono<String> quote = WebClient.builder()
                .clientConnector(library.connector())
                .baseUrl(server.uri().toString())
                .filter(RespiteFilter.of(HttpRetry.of(handle)))
                .build()
                .get()
                .retrieve()
                .bodyToMono(String.class);
        assertThatThrownBy(quote::block).isInstanceOf(WebClientResponseException.class);
        assertThat(server.requests()).hasSize(3);
        handle.changeSettings(Map.of("max-attempts", "1"));
        assertThatThrownBy(quote::block).isInstanceOf(WebClientResponseException.class);
        assertThat(server.requests()).hasSize(4);
    }

    @Test
    void value_isSentAgain() {
        server.then(Reply.of(503), ServerFault.hang());
        String ok = client("attempt-timeout=1s")
                .build()
                .put()
                .uri("/files/1")
                .bodyValue("100 EUR")
                .retrieve()
                .bodyToMono(String.class)
                .block();
        assertThat(ok).isEqualTo("ok");
        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests()).extracting(FaultyServer.Received::text).containsOnly("100 EUR");
        assertThat(server.requests())
                .extracting(request -> request.values("Content-Type"))
                .containsOnly(server.requests().get(0).values("Content-Type"));
        assertThat(server.requests())
                .extracting(request -> request.values("Content-Length"))
                .containsOnly(List.of("7"));
    }

    @Test
    void publisher_isSubscribedToOnceAndSentAgainFromTheRecord() {
        server.then(Reply.of(503), Reply.of(503));
        AtomicInteger subscriptions = new AtomicInteger();
        Flux<String> once = Flux.defer(() -> subscriptions.incrementAndGet() == 1
                ? Flux.just("100 ", "EUR")
                : Flux.error(new IllegalStateException("read twice")));
        assertThat(put(BodyInserters.fromPublisher(once, String.class)).block()).isEqualTo("ok");
        assertThat(subscriptions).hasValue(1);
        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests()).extracting(FaultyServer.Received::text).containsOnly("100 EUR");
    }

    @Test
    void formAndResource_areSentAgain() {
        server.then(Reply.of(503));
        assertThat(put(BodyInserters.fromFormData("amount", "100")).block()).isEqualTo("ok");
        server.then(Reply.of(503));
        assertThat(put(BodyInserters.fromResource(new ByteArrayResource("100 EUR".getBytes(StandardCharsets.UTF_8))))
                        .block())
                .isEqualTo("ok");
        assertThat(server.requests())
                .extracting(FaultyServer.Received::text)
                .containsExactly("amount=100", "amount=100", "100 EUR", "100 EUR");
    }

    @Test
    void longPublisher_isSentOnce_andAgainIfItIsMarked() {
        server.otherwise(Reply.of(503));
        // After the chunk that is too long, a short one would still fit.
        Flux<String> tooLong = Flux.just("x".repeat(200_000), "x".repeat(100_000), "x".repeat(10_000));
        assertThatThrownBy(() ->
                        put(BodyInserters.fromPublisher(tooLong, String.class)).block())
                .isInstanceOf(WebClientResponseException.ServiceUnavailable.class);
        assertThat(calls.reason()).isEqualTo(StopReason.INPUT_CONSUMED);
        assertThat(server.requests()).hasSize(1);

        server.otherwise(Reply.of(200).body("ok"));
        server.then(Reply.of(503));
        String ok = client("")
                .build()
                .put()
                .uri("/files/1")
                .body(tooLong, String.class)
                .attributes(RespiteFilter.replayable())
                .retrieve()
                .bodyToMono(String.class)
                .block();
        assertThat(ok).isEqualTo("ok");
        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests().get(2).body()).hasSize(310_000);
    }

    @Test
    void publisherThatFails_isTheCallersFailureAndNotRetried() {
        AtomicInteger subscriptions = new AtomicInteger();
        IOException gone = new IOException("the file is gone");
        Flux<String> broken = Flux.defer(() -> {
            subscriptions.incrementAndGet();
            return Flux.concat(Flux.just("100 "), Flux.error(gone));
        });
        assertThatThrownBy(() ->
                        put(BodyInserters.fromPublisher(broken, String.class)).block())
                .hasStackTraceContaining("the file is gone");
        assertThat(subscriptions).hasValue(1);
        assertThat(calls.attempts()).isEqualTo(1);
        assertThat(calls.reason()).isEqualTo(StopReason.FATAL);
    }

    @Test
    void context_isThatOfTheSubscriberInEachAttempt_andInnerFiltersRunForEach() {
        server.then(Reply.of(503), ServerFault.hang());
        List<String> seen = new CopyOnWriteArrayList<>();
        String ok = client("attempt-timeout=1s")
                .filter((request, next) -> Mono.deferContextual(context -> {
                    String tenant = context.hasKey("tenant") ? context.get("tenant") : "none";
                    seen.add(tenant);
                    return next.exchange(
                            ClientRequest.from(request).header("Tenant", tenant).build());
                }))
                .build()
                .get()
                .retrieve()
                .bodyToMono(String.class)
                .contextWrite(context -> context.put("tenant", "acme"))
                .block();
        assertThat(ok).isEqualTo("ok");
        assertThat(seen).containsExactly("acme", "acme", "acme");
        assertThat(server.requests())
                .extracting(request -> request.values("Tenant"))
                .containsOnly(List.of("acme"));
    }

    @Test
    void cancellation_endsTheAttemptInFlight() {
        server.otherwise(ServerFault.hang());
        Disposable call =
                client("").build().get().retrieve().bodyToMono(String.class).subscribe();
        Awaitility.await().until(() -> server.requests().size() == 1);
        call.dispose();
        Awaitility.await().until(() -> server.openConnections() == 0);
        assertThat(calls.reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void cancellation_endsTheDelay() {
        server.otherwise(Reply.of(503).header("Retry-After", "8"));
        Disposable call =
                client("").build().get().retrieve().bodyToMono(String.class).subscribe();
        Awaitility.await().until(calls::haveFailed);
        call.dispose();
        assertThat(calls.reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void eachSubscription_isACallOfItsOwn() {
        server.then(Reply.of(503));
        Mono<String> cold = client("").build().get().retrieve().bodyToMono(String.class);
        assertThat(server.requests()).isEmpty();
        cold.block();
        cold.block();
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void brokenExchange_isThrownAsTheClientThrowsIt() {
        server.otherwise(ServerFault.hang());
        assertThatThrownBy(() -> client("attempt-timeout=500ms")
                        .build()
                        .get()
                        .retrieve()
                        .bodyToMono(String.class)
                        .block())
                .isInstanceOf(WebClientRequestException.class)
                .hasCauseInstanceOf(IOException.class);
        // On a busy machine, an attempt can end before the server has read its request.
        Awaitility.await().until(() -> server.connections() == 3 && server.openConnections() == 0);
    }

    @Test
    void lastResponse_isEmittedWithItsBody() {
        server.otherwise(Reply.of(503).body("overloaded"));
        assertThatThrownBy(() -> client("")
                        .build()
                        .get()
                        .retrieve()
                        .bodyToMono(String.class)
                        .block())
                .isInstanceOfSatisfying(
                        WebClientResponseException.class,
                        thrown -> assertThat(thrown.getResponseBodyAsString()).isEqualTo("overloaded"));
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void bodyThatBreaksOff_isNotRetried() {
        server.then(ServerFault.half(200, "half"));
        assertThatThrownBy(() -> client("")
                        .build()
                        .get()
                        .retrieve()
                        .bodyToMono(String.class)
                        .block())
                .isNotNull();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void retryAround_doesNotMultiply_forStatusesAndForBrokenExchanges() {
        for (ServerFault fault : List.of(Reply.of(503), ServerFault.hang())) {
            try (FaultyServer bad = FaultyServer.start().otherwise(fault)) {
                WebClient client = WebClient.builder()
                        .clientConnector(library.connector())
                        .filter(RespiteFilter.of(new Calls().retry("attempt-timeout=500ms")))
                        .build();
                Retry outer = Retry.silent(
                        RetryPolicy.parse("base-delay=1ms max-delay=2ms budget=off retry-on=any"), TimeSource.system());
                assertThatThrownBy(() -> outer.callAsync(() -> client.get()
                                        .uri(bad.uri())
                                        .retrieve()
                                        .bodyToMono(String.class)
                                        .toFuture())
                                .join())
                        .isNotNull();
                assertThat(bad.requests()).as("3 attempts, not 9").hasSize(3);
            }
        }
    }

    @Test
    void reactorRetryAround_doesNotMultiply_forStatusesAndForBrokenExchanges() {
        for (ServerFault fault : List.of(Reply.of(503), ServerFault.hang())) {
            try (FaultyServer bad = FaultyServer.start().otherwise(fault)) {
                WebClient client = WebClient.builder()
                        .clientConnector(library.connector())
                        .filter(RespiteFilter.of(new Calls().retry("attempt-timeout=500ms")))
                        .build();
                Retry outer = Retry.silent(
                        RetryPolicy.parse("base-delay=1ms max-delay=2ms budget=off retry-on=any"), TimeSource.system());
                assertThatThrownBy(() -> client.get()
                                .uri(bad.uri())
                                .retrieve()
                                .bodyToMono(String.class)
                                .transform(ReactorRetry.of(outer)::mono)
                                .block())
                        .isNotNull();
                assertThat(bad.requests()).as("3 attempts, not 9").hasSize(3);
            }
        }
    }

    @Test
    void statusOfAGivenUpCall_isKnownToOtherRetryLibraries() {
        server.otherwise(Reply.of(503));
        assertThatThrownBy(() -> client("")
                        .build()
                        .get()
                        .retrieve()
                        .bodyToMono(String.class)
                        .block())
                .satisfies(
                        thrown -> assertThat(NestedRetries.hasGivenUp(thrown)).isTrue());
    }

    @Test
    void statusThatIsNotRetried_isNotMarked() {
        server.otherwise(Reply.of(404));
        Mono<String> call = client("").build().get().retrieve().bodyToMono(String.class);
        assertThatThrownBy(call::block)
                .isInstanceOf(WebClientResponseException.NotFound.class)
                .satisfies(
                        thrown -> assertThat(NestedRetries.hasGivenUp(thrown)).isFalse());
    }

    @Test
    void rejectedSlowBody_delaysTheRetryByLittle() throws Exception {
        RealTime.assertTakesAtMost(Duration.ofSeconds(5), () -> {
            server.then(ServerFault.drip(503, "x".repeat(100), 100));
            assertThat(client("")
                            .build()
                            .get()
                            .retrieve()
                            .bodyToMono(String.class)
                            .block())
                    .isEqualTo("ok");
        });
        if (library == SpringClient.WEB_JDK) {
            server.closeForcibly(); // it leaves the connection of a cancelled body open
        }
    }

    /** A connection whose response was read to its end would serve the second request too. A megabyte may arrive before it is cut. */
    @Test
    void rejectedLongBody_isNotReadToItsEnd() {
        server.then(Reply.of(503).body("x".repeat(8_000_000)));
        assertThat(client("").build().get().retrieve().bodyToMono(String.class).block())
                .isEqualTo("ok");
        assertThat(server.requests()).hasSize(2);
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void rejectedLongBody_isCutBeforeTheDelay() {
        assumeThat(library)
                .as("the JDK's client leaves the connection of a cancelled body open")
                .isEqualTo(SpringClient.WEB_REACTOR_NETTY);
        server.then(Reply.of(503).header("Retry-After", "30").body("x".repeat(8_000_000)));
        Disposable call = client("total-timeout=off")
                .build()
                .get()
                .retrieve()
                .bodyToMono(String.class)
                .subscribe();
        Awaitility.await().until(() -> server.abandoned() == 1);
        assertThat(call.isDisposed()).as("the call waits").isFalse();
        assertThat(server.requests()).hasSize(1);
        call.dispose();
    }
}
