package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two attempts of a request run beside each other, and one is read at a time. */
class HedgedExchangeTest {

    private static final Duration DELAY = Duration.ofMillis(100);

    private final VirtualTime time = new VirtualTime();
    private final FakeTransport transport = new FakeTransport();
    private final List<FakeTransport> sent = new ArrayList<>();
    private final HttpRetry retry =
            HttpRetry.of(Retry.withoutWarnings(RetryPolicy.defaults(), time)).withHedging(DELAY);

    @BeforeEach
    void canBeSentTwice() {
        transport.another = () -> {
            FakeTransport other = new FakeTransport();
            other.duringSend = () -> sent.add(other);
            return other;
        };
    }

    private CompletableFuture<String> sendTwice() {
        CompletableFuture<String> response = retry.sendAsync(transport);
        time.advance(DELAY);
        assertThat(sent).hasSize(2);
        return response;
    }

    private void arrives(int number, String response) {
        sent.get(number).done.accept(response, null);
        time.advance(Duration.ZERO);
    }

    private boolean mayBeRead(int number) {
        return sent.get(number).attempts.get(0).mayBeRead();
    }

    @Test
    void sendAsync_noResponseWithinTheDelay_isSentOnceMore() {
        CompletableFuture<String> response = retry.sendAsync(transport);
        time.advance(DELAY.minusNanos(1));
        assertThat(sent).hasSize(1);
        time.advance(Duration.ofNanos(1));
        assertThat(sent).hasSize(2);

        assertThat(mayBeRead(1)).isTrue();
        arrives(1, "200 second");

        assertThat(response).isCompletedWithValue("200 second");
        assertThat(sent.get(0).cancelled).isPositive();
        assertThat(transport.closed).isEqualTo(1);
    }

    @Test
    void send_blocking_isHedgedToo() throws Exception {
        transport.another = () -> {
            FakeTransport other = new FakeTransport();
            sent.add(other);
            if (sent.size() == 2) {
                other.script.add("200 second");
            }
            return other;
        };
        sent.clear();
        assertThat(retry.send(transport)).isEqualTo("200 second");
    }

    @Test
    void mayBeRead_whileTheOtherIsRead_isFalseAndTheResponseWaits() {
        CompletableFuture<String> response = sendTwice();
        assertThat(mayBeRead(0)).isTrue();
        assertThat(mayBeRead(0)).as("asked again").isTrue();
        assertThat(mayBeRead(1)).isFalse();
        arrives(1, "200 second");
        assertThat(response).isNotDone();

        sent.get(0).done.accept(null, new IOException("reset"));
        time.advance(Duration.ZERO);

        assertThat(response).isCompletedWithValue("200 second");
    }

    @Test
    void responseThatWaits_whenTheOtherHasBeenRead_isDiscarded() {
        CompletableFuture<String> response = sendTwice();
        assertThat(mayBeRead(0)).isTrue();
        assertThat(mayBeRead(1)).isFalse();
        arrives(1, "200 second");
        arrives(0, "200 first");
        assertThat(response).isCompletedWithValue("200 first");
        assertThat(sent.get(1).discarded).containsExactly("200 second");
    }

    @Test
    void responseThatIsRejected_passesTheTurnOn() {
        CompletableFuture<String> response = sendTwice();
        assertThat(mayBeRead(0)).isTrue();
        assertThat(mayBeRead(1)).isFalse();
        arrives(1, "200 second");
        arrives(0, "503 first");
        assertThat(response).isCompletedWithValue("200 second");
    }

    @Test
    void sendAsync_whileAResponseIsRead_isNotSentAgain() {
        CompletableFuture<String> response = retry.sendAsync(transport);
        assertThat(mayBeRead(0)).isTrue();
        time.advance(DELAY.multipliedBy(3));
        assertThat(sent).hasSize(1);
        arrives(0, "200 first");
        assertThat(response).isCompletedWithValue("200 first");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, '', false, true, 2",
        "GET, '', true, true, 2",
        "GET, '', false, false, 1",
        "POST, '', false, true, 2",
        "POST, '', true, true, 1",
        "POST, mine, true, true, 2",
        "DELETE, '', false, true, 1",
    })
    void sendAsync_requestThatMayRunTwice_isHedged(
            String method, String key, boolean redirects, boolean another, int expected) {
        HttpRetry keyed = retry.withIdempotencyKeys(IdempotencyKeys.supportedBy(URI.create("https://api.example.com")));
        transport.method = method;
        transport.redirects = redirects;
        transport.own.put("Idempotency-Key", key);
        if (!another) {
            transport.another = () -> null;
        }
        CompletableFuture<String> response = keyed.sendAsync(transport);
        time.advance(DELAY);
        assertThat(sent.size() + transport.sent).isEqualTo(expected);
        response.cancel(true);
    }

    @Test
    void attempt_statesItsKeyItsTimeAndWhetherTheBodyShouldWait() {
        HttpRetry keyed = HttpRetry.of(Retry.withoutWarnings(RetryPolicy.parse("attempt-timeout=1s"), time))
                .withIdempotencyKeys(IdempotencyKeys.supportedBy(URI.create("https://api.example.com")));
        CompletableFuture<String> get = keyed.sendAsync(transport);
        ExchangeAttempt attempt = transport.attempts.get(0);
        time.advance(Duration.ofMillis(400));
        assertThat(attempt.remaining()).contains(Duration.ofMillis(600));
        assertThat(attempt.hasMintedKey()).isFalse();
        assertThat(attempt.mayBeRead()).isTrue();
        assertThat(attempt.wouldRetry(503, name -> List.of())).isTrue();
        assertThat(attempt.wouldRetry(200, name -> List.of())).isFalse();
        assertThat(attempt.wouldRetry(503, name -> shouldRetry(name, "false"))).isFalse();
        get.cancel(true);

        transport.method = "POST";
        CompletableFuture<String> post = keyed.sendAsync(transport);
        assertThat(transport.attempts.get(1).hasMintedKey()).isTrue();
        post.cancel(true);

        transport.method = "GET";
        CompletableFuture<String> hedged = sendTwice();
        assertThat(sent.get(0).attempts.get(0).wouldRetry(503, name -> shouldRetry(name, "false")))
                .as("the other may still have a good response")
                .isTrue();
        hedged.cancel(true);
    }

    @Test
    void hedgeThatTheServerRefuses_whileTheFirstRuns_endsNothing() {
        FakeBudget budget = new FakeBudget();
        HttpRetry counted = HttpRetry.of(
                        Retry.withoutWarnings(RetryPolicy.defaults(), time).withBudget(budget))
                .withHedging(DELAY);
        CompletableFuture<String> response = counted.sendAsync(transport);
        time.advance(DELAY);
        assertThat(sent).hasSize(2);

        assertThat(sent.get(1).attempts.get(0).wouldRetry(503, HedgedExchangeTest::refused))
                .as("its body must not reach the caller")
                .isTrue();
        arrives(1, "503 Respite-Refused=retry Retry-After=1");
        assertThat(response).isNotDone();
        assertThat(budget.failed).extracting(failed -> failed.number()).containsExactly(2);

        arrives(0, "200 first");
        assertThat(response).isCompletedWithValue("200 first");
        assertThat(sent).hasSize(2);
    }

    @Test
    void hedgeThatTheServerRefuses_afterTheFirstHasFailed_endsTheCall() {
        CompletableFuture<String> response = sendTwice();
        arrives(0, "503 first");
        assertThat(response).isNotDone();
        arrives(1, "503 Respite-Refused=retry");
        assertThat(response).isCompletedWithValue("503 Respite-Refused=retry");
        assertThat(sent).hasSize(2);
    }

    private static List<String> refused(String name) {
        return name.equalsIgnoreCase("respite-refused") ? List.of("retry") : List.of();
    }

    private static List<String> shouldRetry(String name, String value) {
        return name.equalsIgnoreCase("x-should-retry") ? List.of(value) : List.of();
    }
}
