package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;

import dev.respite.Breaker;
import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A call of a client of which the driver knows nothing but its {@link Transport}, blocking and asynchronous. */
@ParameterizedClass
@EnumSource(HttpRetryTest.Way.class)
class HttpRetryTest {

    enum Way {
        BLOCKING,
        ASYNC
    }

    private final Way way;
    private final VirtualTime time = new VirtualTime();
    private final FakeTransport transport = new FakeTransport();
    private final List<RetryEvent> events = new ArrayList<>();
    private final HttpRetry retry = retry("budget=off");

    HttpRetryTest(Way way) {
        this.way = way;
    }

    private HttpRetry retry(String policy) {
        return HttpRetry.of(Retry.withoutWarnings(RetryPolicy.parse(policy), time))
                .withListener(events::add);
    }

    private HttpRetry keyed() {
        return retry.withIdempotencyKeys(IdempotencyKeys.supportedBy(URI.create("https://api.example.com")));
    }

    private String send(HttpRetry by, Object... script) throws Exception {
        transport.script.clear();
        transport.script.addAll(List.of(script));
        if (way == Way.BLOCKING) {
            return by.send(transport);
        }
        CompletableFuture<String> response = by.sendAsync(transport);
        time.runAll();
        try {
            return response.get();
        } catch (ExecutionException failed) {
            throw (Exception) failed.getCause();
        }
    }

    private StopReason reason() {
        return events.stream()
                .filter(RetryEvent.CallEnded.class::isInstance)
                .map(event -> ((RetryEvent.CallEnded) event).reason())
                .findFirst()
                .orElseThrow();
    }

    private HttpRetry unprocessed() {
        return retry.withUnprocessed429(URI.create("https://API.example.com:443/other"));
    }

    @Test
    void withUnprocessed429_post_isSentAgainAfter429() throws Exception {
        transport.method = "POST";
        assertThat(send(unprocessed(), "429 Retry-After=7", "200")).isEqualTo("200");
        assertThat(time.nanoTime()).isGreaterThanOrEqualTo(Duration.ofSeconds(7).toNanos());
    }

    @Test
    void withUnprocessed429_postWithAnotherStatusOrAFailure_isSentOnce() throws Exception {
        transport.method = "POST";
        assertThat(send(unprocessed(), "503 Retry-After=1", "200")).startsWith("503");
        assertThat(send(unprocessed(), "429", "503", "200")).isEqualTo("503");
        assertThat(reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
        assertThatThrownBy(() -> send(unprocessed(), new IOException("reset"))).hasMessage("reset");
        assertThat(transport.sent).isEqualTo(4);
    }

    @Test
    void withUnprocessed429_withoutRepeatableBodyOrWithAProhibition_isSentOnce() throws Exception {
        transport.method = "POST";
        assertThat(send(unprocessed(), "429 x-should-retry=false")).startsWith("429");
        transport.replayable = false;
        assertThat(send(unprocessed(), "429")).isEqualTo("429");
    }

    @Test
    void withUnprocessed429_ofAnotherOriginOrWithRedirects_changesNothing() throws Exception {
        transport.method = "POST";
        assertThat(send(retry, "429 x-should-retry=true")).startsWith("429");
        assertThat(send(retry.withUnprocessed429(URI.create("http://api.example.com")), "429"))
                .isEqualTo("429");
        transport.redirects = true;
        assertThat(send(unprocessed(), "429")).isEqualTo("429");
        assertThat(transport.sent).isEqualTo(3);
    }

    @Test
    void withUnprocessed429_andAPolicyOfTheRequest_isKept() throws Exception {
        transport.method = "POST";
        assertThat(send(unprocessed().withPolicy(RetryPolicy.parse("max-attempts=2 budget=off")), "429", "200"))
                .isEqualTo("200");
    }

    @Test
    void withoutVendorHints_ofTheOrigin_leavesRetryAfterAlone() throws Exception {
        HttpRetry without = retry.withoutVendorHints(transport.uri());
        assertThat(send(without, "429 x-should-retry=false", "429 retry-after-ms=90000", "200"))
                .isEqualTo("200");
        assertThat(time.nanoTime()).isLessThan(Duration.ofSeconds(60).toNanos());
        assertThat(send(without, "403 X-RateLimit-Remaining=0 X-RateLimit-Reset=1"))
                .startsWith("403");
        assertThat(send(without, "429 Retry-After=61")).startsWith("429");
    }

    private List<RetryEvent.CallbackFailed> reports() {
        return events.stream()
                .filter(RetryEvent.CallbackFailed.class::isInstance)
                .map(RetryEvent.CallbackFailed.class::cast)
                .toList();
    }

    @Test
    void send_retryAfterThatCannotBeRead_isAnEvent() throws Exception {
        assertThat(send(retry, "503 Retry-After=soon", "503 Retry-After=1", "200 Retry-After=never"))
                .startsWith("200");

        assertThat(reports()).singleElement().satisfies(report -> {
            assertThat(report.callback()).isEqualTo("Retry-After");
            assertThat(report.error())
                    .hasMessage("Retry-After: soon: expected seconds or a date of HTTP; the field is ignored");
        });
    }

    @Test
    void send_longRetryAfterThatCannotBeRead_isCutInTheEvent() throws Exception {
        assertThat(send(retry, "503 Retry-After=" + "x".repeat(100_000), "200")).isEqualTo("200");

        assertThat(reports())
                .singleElement()
                .satisfies(report -> assertThat(report.error().getMessage()).hasSizeLessThan(200));
    }

    @Test
    void send_rejectedResponses_areDiscardedAndTheLastIsReturned() throws Exception {
        assertThat(send(retry, "503 n=1", "503 n=2", "503 n=3")).isEqualTo("503 n=3");

        assertThat(transport.discarded).containsExactly("503 n=1", "503 n=2");
        assertThat(transport.headers)
                .containsExactly(Map.of(), Map.of("Respite-Attempt", "2"), Map.of("Respite-Attempt", "3"));
        assertThat(transport.closed).isEqualTo(1);
        assertThat(reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @Test
    void send_retryAfter_isWaitedFor() throws Exception {
        assertThat(send(retry, "503 Retry-After=7", "200")).isEqualTo("200");
        assertThat(Duration.ofNanos(time.nanoTime())).isBetween(Duration.ofSeconds(7), Duration.ofMillis(10_500));
    }

    @Test
    void send_brokenExchange_isRetriedIfItsMethodIsIdempotent() throws Exception {
        assertThat(send(retry, new IOException("reset"), "200")).isEqualTo("200");

        transport.method = "POST";
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> send(retry, new IOException("reset")))
                .withMessage("reset");
    }

    @Test
    void send_refusedPost_isRetriedUnlessTheClientFollowsRedirects() throws Exception {
        transport.method = "POST";
        assertThat(send(retry, new ConnectException("refused"), "200")).isEqualTo("200");

        transport.redirects = true;
        assertThatExceptionOfType(ConnectException.class)
                .isThrownBy(() -> send(retry, new ConnectException("refused")));
    }

    @Test
    void send_postWithKeys_hasTheSameKeyInAllAttempts() throws Exception {
        transport.method = "POST";
        send(keyed(), new IOException("reset"), "503", "200");

        assertThat(transport.headers)
                .extracting(fields -> fields.get("Idempotency-Key"))
                .hasSize(3)
                .doesNotContainNull()
                .containsOnly(transport.headers.get(0).get("Idempotency-Key"));
        assertThat(transport.headers.get(1)).containsEntry("Respite-Attempt", "2");
    }

    @Test
    void send_mintedKeyOfAClientThatFollowsRedirects_doesNotCount() throws Exception {
        transport.method = "POST";
        transport.redirects = true;
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> send(keyed(), new IOException("reset")));
        assertThat(send(keyed(), "503", "200")).isEqualTo("503");
        assertThat(reason()).isEqualTo(StopReason.NOT_IDEMPOTENT);
    }

    @Test
    void send_keyOfTheCaller_isKeptAndCounts() throws Exception {
        transport.method = "POST";
        transport.redirects = true;
        transport.own.put("Idempotency-Key", "mine");
        assertThat(send(keyed(), new IOException("reset"), "409 Retry-After=1", "200"))
                .isEqualTo("200");
        assertThat(transport.headers).noneMatch(fields -> fields.containsKey("Idempotency-Key"));
    }

    @Test
    void send_bodyThatCannotBeSentAgain_isSentOnce() throws Exception {
        transport.replayable = false;
        assertThat(send(retry, "503")).isEqualTo("503");
        assertThat(reason()).isEqualTo(StopReason.INPUT_CONSUMED);
    }

    @Test
    void send_preparation_runsBeforeEachAttempt() throws Exception {
        int[] runs = {0};
        transport.duringPreparation = () -> assertThat(transport.sent).isEqualTo(runs[0]++);
        send(retry, "503", new IOException("reset"), "200");
        assertThat(runs[0]).isEqualTo(3);
    }

    @Test
    void send_preparationThatThrows_endsTheCallAndSendsNothing() {
        List<String> received = new ArrayList<>();
        HttpRetry any =
                retry("retry-on=any budget=off").withBreakers(OriginBreakers.of(origin -> new Recording(received)));
        IllegalStateException expired = new IllegalStateException("no token");
        transport.duringPreparation = () -> {
            throw expired;
        };
        assertThatThrownBy(() -> send(any)).isSameAs(expired);
        assertThat(transport.sent).isZero();
        assertThat(reason()).isEqualTo(StopReason.FATAL);
        assertThat(received).containsExactly("release");
    }

    @Test
    void send_preparationThatTakesTheWholeTime_isNotAttributedToTheServer() {
        List<String> received = new ArrayList<>();
        HttpRetry limited = retry("attempt-timeout=1s budget=off")
                .withBreakers(OriginBreakers.of(origin -> new Recording(received)));
        transport.duringPreparation = () -> time.advance(Duration.ofSeconds(2));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> send(limited))
                .withMessageContaining("1000 ms");
        assertThat(transport.sent).isZero();
        assertThat(received).containsExactly("release");
    }

    @Test
    void withPolicy_sharesTheBudgetOfTheOrigin() throws Exception {
        HttpRetry two = retry("base-delay=1ms budget=success:0.5/2/2");
        HttpRetry single = two.withPolicy(RetryPolicy.parse("base-delay=1ms max-attempts=2"));

        send(single, "500", "500 of=single");
        send(two, "500", "500 of=two");
        send(single, "500 nothing=left");

        assertThat(transport.sent).isEqualTo(5);
    }

    @Test
    void withPolicy_ofSeveralOrigins_eachKeepsABudgetOfItsOwn() throws Exception {
        HttpRetry replaced = retry("base-delay=1ms budget=success:0.5/2/2")
                .withPolicy(RetryPolicy.parse("base-delay=1ms max-attempts=2"));
        for (String host : List.of("a", "b", "c")) {
            transport.uri = URI.create("https://" + host + ".example.com/");
            assertThat(send(replaced, "500", "500 of=" + host)).isEqualTo("500 of=" + host);
            assertThat(send(replaced, "500", "500 twice=" + host)).isEqualTo("500 twice=" + host);
            assertThat(send(replaced, "500 nothing=left")).isEqualTo("500 nothing=left");
        }
    }

    @Test
    void withPolicy_anotherBudget_isRefused() {
        assertThatThrownBy(
                        () -> retry("budget=success:0.5/2/2").withPolicy(RetryPolicy.parse("budget=success:0.5/9/9")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("success:0.5/9/9")
                .hasMessageContaining("success:0.5/2/2");
    }

    @Test
    void withPolicy_classifierInCode_isRefused() {
        RetryPolicy judging =
                RetryPolicy.builder().retryOnResult(String.class, "503"::equals).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> retry.withPolicy(judging))
                .withMessageContaining("would not be called");
    }

    @Test
    void withPolicy_timeoutThatIsNotAboveTheDelayOfHedging_isRefused() {
        HttpRetry hedged = retry.withHedging(Duration.ofMillis(100));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> hedged.withPolicy(RetryPolicy.parse("attempt-timeout=50ms budget=off")));
    }

    @Test
    void withBreakers_responsesAndFailures_areOutcomesOfTheServer() throws Exception {
        List<String> received = new ArrayList<>();
        HttpRetry guarded = retry.withBreakers(OriginBreakers.of(origin -> new Recording(received)));
        send(guarded, "503", new IOException("reset"), "404");
        assertThat(received)
                .containsExactly("failure status 503 from https://api.example.com:443", "failure reset", "success 404");
        received.clear();
        assertThatThrownBy(() -> send(guarded, new NoSuchFileException("upload.csv")))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(received).as("no failure of the server").containsOnly("release");
    }

    @Test
    void withBreakers_supplierWithoutBreaker_isRefusedBeforeARequest() {
        HttpRetry guarded = retry.withBreakers(OriginBreakers.of(origin -> null));
        assertThatNullPointerException()
                .isThrownBy(() -> send(guarded))
                .withMessageContaining("https://api.example.com:443");
        assertThat(transport.sent).isZero();
    }

    @Test
    void shutdown_beforeTheNextAttempt_endsTheCallWithItsLastResponse() throws Exception {
        transport.duringSend = retry::shutdown;
        assertThat(send(retry, "503")).isEqualTo("503");
        assertThat(transport.sent).isEqualTo(1);
        assertThat(retry.isTerminated()).isTrue();
        assertThat(retry.awaitTermination(Duration.ZERO)).isTrue();
    }

    @Test
    void awaitTermination_callThatGoesOn_isFalseWhenTheTimeIsUp() throws Exception {
        transport.duringSend = () -> {
            retry.shutdown();
            assertThat(retry.isTerminated()).isFalse();
            assertThat(assertDoesNotThrow(() -> retry.awaitTermination(Duration.ofMillis(1))))
                    .isFalse();
        };
        assertThat(send(retry, "200")).isEqualTo("200");
    }

    @Test
    void hasIdempotencyKeys_isOfARetryWithKeys() {
        assertThat(retry.hasIdempotencyKeys()).isFalse();
        assertThat(keyed().hasIdempotencyKeys()).isTrue();
    }

    /** Writes down what a breaker receives. */
    private record Recording(List<String> received) implements Breaker {
        @Override
        public long acquire() {
            return 0;
        }

        @Override
        public void succeeded(long entered, @Nullable Object value) {
            received.add("success " + value);
        }

        @Override
        public void failed(long entered, Throwable error) {
            received.add("failure " + error.getMessage());
        }

        @Override
        public void release() {
            received.add("release");
        }

        @Override
        public boolean isRejection(Throwable failure) {
            return false;
        }

        @Override
        public Optional<Duration> remainingOpenTime() {
            return Optional.empty();
        }
    }
}
