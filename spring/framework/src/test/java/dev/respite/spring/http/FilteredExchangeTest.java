package dev.respite.spring.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.outcome.StopReason;
import dev.respite.testsupport.LogLines;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/** {@code WebClient} with the filter on virtual time, without a connector. */
class FilteredExchangeTest {

    private static final URI PAYMENTS = URI.create("http://shop/payments?token=secret");

    private final VirtualTime time = new VirtualTime();
    private final Calls calls = new Calls();
    private final HttpRetry retry = calls.retry(time, "");
    private final HttpRetry keyed = retry.withIdempotencyKeys(IdempotencyKeys.supportedBy(URI.create("http://shop")));

    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger aborted = new AtomicInteger();
    private final List<Throwable> dropped = new ArrayList<>();

    /** The subscriber to the last exchange of {@link #pending}. */
    private CoreSubscriber<? super ClientResponse> exchange;

    /** Takes the action that aborts the last exchange of {@link #pending}. */
    private Consumer<Runnable> register;

    private static WebClient client(RespiteFilter filter, ExchangeFunction exchanges) {
        return WebClient.builder().exchangeFunction(exchanges).filter(filter).build();
    }

    private static ExchangeFunction responses(ClientResponse... responses) {
        List<ClientResponse> left = new ArrayList<>(List.of(responses));
        return request -> Mono.just(left.remove(0));
    }

    private static ClientResponse response(HttpStatus status) {
        return ClientResponse.create(status).body("scripted").build();
    }

    private static ClientResponse redirect() {
        return ClientResponse.create(HttpStatus.FOUND)
                .header(HttpHeaders.LOCATION, "/login")
                .build();
    }

    private ClientResponse unread(HttpStatus status, String location) {
        return ClientResponse.create(status)
                .header(HttpHeaders.LOCATION, location)
                .body(Flux.<DataBuffer>never().doOnCancel(cancelled::incrementAndGet))
                .build();
    }

    private CompletableFuture<Integer> post(WebClient client) {
        return client.post()
                .uri(PAYMENTS)
                .exchangeToMono(response -> Mono.just(response.statusCode().value()))
                .toFuture();
    }

    private CompletableFuture<String> get(WebClient client) {
        return client.get()
                .uri(PAYMENTS)
                .retrieve()
                .bodyToMono(String.class)
                .contextWrite(
                        context -> context.put("reactor.onErrorDropped.local", (Consumer<Throwable>) dropped::add))
                .toFuture();
    }

    /** An exchange that ends by {@link #exchange} only. */
    @SuppressWarnings("unchecked")
    private ExchangeFunction pending() {
        return request -> {
            register =
                    (Consumer<Runnable>) request.attribute(RespiteFilter.ABORT).orElseThrow();
            return Mono.<ClientResponse>fromDirect(subscriber -> {
                        exchange = (CoreSubscriber<? super ClientResponse>) subscriber;
                        subscriber.onSubscribe(Operators.emptySubscription());
                    })
                    .doOnCancel(cancelled::incrementAndGet);
        };
    }

    @ParameterizedTest
    @EnumSource(names = {"SEE_OTHER", "PERMANENT_REDIRECT"})
    void redirect_ofAClientWithKeys_isRejectedWithoutQueriesAndReleased(HttpStatus status) {
        WebClient client = client(
                RespiteFilter.of(keyed).withoutRedirects(),
                responses(unread(status, "http://other/paid?token=secret")));
        assertThat(post(client))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IllegalStateException.class)
                .withMessageStartingWith("POST http://shop/payments?… was answered by status " + status.value()
                        + " with Location 'http://other/paid?…'");
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void redirect_ofAClientThatMayFollowItOrHasNoKeys_isReturned() {
        assertThat(post(client(RespiteFilter.of(keyed), request -> Mono.just(redirect()))))
                .isCompletedWithValue(302);
        assertThat(post(client(RespiteFilter.of(retry).withoutRedirects(), request -> Mono.just(redirect()))))
                .isCompletedWithValue(302);
    }

    @Test
    void mintedKeys_ofAClientThatMayFollowRedirects_areReportedOnce() {
        ExchangeFunction created = request -> Mono.just(response(HttpStatus.CREATED));
        try (LogLines lines = LogLines.of("dev.respite")) {
            post(client(RespiteFilter.of(keyed).withoutRedirects(), created));
            post(client(RespiteFilter.of(retry), created));
            assertThat(lines.all()).isEmpty();
            WebClient client = client(RespiteFilter.of(keyed), created);
            post(client);
            assertThat(lines.all()).singleElement().asString().contains("RespiteFilter.of(retry).withoutRedirects()");
            post(client);
            assertThat(lines.all()).hasSize(1);
        }
    }

    @Test
    void responses_thatAreRejected_areFollowedByTheNextAttempt() {
        CompletableFuture<String> call = get(client(
                RespiteFilter.of(retry), responses(response(HttpStatus.SERVICE_UNAVAILABLE), response(HttpStatus.OK))));
        time.runAll();
        assertThat(call).isCompletedWithValue("scripted");
    }

    @Test
    void body_thatDoesNotArrive_isFollowedByTheNextAttempt() {
        CompletableFuture<String> call = get(client(
                RespiteFilter.of(retry),
                responses(unread(HttpStatus.SERVICE_UNAVAILABLE, ""), response(HttpStatus.OK))));
        time.advance(Duration.ofMillis(99));
        assertThat(call).as("the delay has passed").isNotDone();
        time.runAll();
        assertThat(call).isCompletedWithValue("scripted");
        assertThat(cancelled).hasValue(1);
    }

    @Test
    void exchange_thatCompletesWithoutAResponse_fails() {
        assertThat(get(client(RespiteFilter.of(retry), request -> Mono.empty())))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingRootCause()
                .isInstanceOf(IllegalStateException.class)
                .withMessage("the client completed without a response");
    }

    @Test
    void exchange_thatFails_isRetried() {
        AtomicInteger exchanges = new AtomicInteger();
        CompletableFuture<String> call = get(client(
                RespiteFilter.of(retry),
                request -> exchanges.incrementAndGet() < 3
                        ? Mono.error(new IOException("reset"))
                        : Mono.just(response(HttpStatus.OK))));
        time.runAll();
        assertThat(call).isCompletedWithValue("scripted");
        assertThat(exchanges).hasValue(3);
    }

    @Test
    void cancellation_endsTheExchangeAndDropsItsErrorWithoutAReport() {
        CompletableFuture<String> call = get(client(RespiteFilter.of(retry), pending()));
        register.accept(aborted::incrementAndGet);
        assertThat(aborted).hasValue(0);
        call.cancel(true);
        assertThat(calls.reason()).isEqualTo(StopReason.CANCELLED);
        assertThat(aborted).hasValue(1);
        assertThat(cancelled).hasValue(1);
        exchange.onError(new IOException("cancelled"));
        assertThat(dropped).isEmpty();
    }

    @Test
    void actionThatIsRegisteredAfterTheCancellation_runsAtOnce() {
        get(client(RespiteFilter.of(retry), pending())).cancel(true);
        register.accept(aborted::incrementAndGet);
        assertThat(aborted).hasValue(1);
    }

    @Test
    void response_afterTheCancellation_isReleased() {
        get(client(RespiteFilter.of(retry), pending())).cancel(true);
        cancelled.set(0);
        exchange.onNext(unread(HttpStatus.OK, ""));
        assertThat(cancelled).as("the body").hasValue(1);
    }

    @Test
    void error_afterTheEndOfAnExchange_isReportedToTheHookOfTheSubscriber() {
        CompletableFuture<String> call = get(client(RespiteFilter.of(retry), pending()));
        exchange.onNext(response(HttpStatus.OK));
        exchange.onComplete();
        assertThat(call).isCompletedWithValue("scripted");
        IOException late = new IOException("late");
        exchange.onError(late);
        assertThat(dropped).containsExactly(late);
    }
}
