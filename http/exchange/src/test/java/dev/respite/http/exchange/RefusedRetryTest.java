package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A server of Respite refuses retries while it is congested, by a 503 with a mark; blocking and asynchronous. */
@ParameterizedClass
@EnumSource(HttpRetryTest.Way.class)
class RefusedRetryTest {

    private static final String REFUSED = "503 Respite-Refused=retry Retry-After=1";

    private final HttpRetryTest.Way way;
    private final VirtualTime time = new VirtualTime();
    private final FakeTransport transport = new FakeTransport();
    private final List<RetryEvent> events = new ArrayList<>();
    private final FakeBudget budget = new FakeBudget();

    RefusedRetryTest(HttpRetryTest.Way way) {
        this.way = way;
    }

    private HttpRetry retry(String policy) {
        Retry base = Retry.withoutWarnings(RetryPolicy.parse(policy + " max-attempts=9"), time);
        return HttpRetry.of(base.withBudget(budget)).withListener(events::add);
    }

    private String send(HttpRetry by, Object... script) throws Exception {
        transport.script.clear();
        transport.script.addAll(List.of(script));
        if (way == HttpRetryTest.Way.BLOCKING) {
            return by.send(transport);
        }
        CompletableFuture<String> response = by.sendAsync(transport);
        time.runAll();
        return response.get();
    }

    private List<StopReason> reasons() {
        return events.stream()
                .filter(RetryEvent.CallEnded.class::isInstance)
                .map(event -> ((RetryEvent.CallEnded) event).reason())
                .toList();
    }

    @Test
    void send_refusedRetry_endsTheCallWithTheResponse() throws Exception {
        assertThat(send(retry(""), "503", REFUSED, "200")).isEqualTo(REFUSED);

        assertThat(transport.sent).isEqualTo(2);
        assertThat(transport.discarded).containsExactly("503");
        assertThat(reasons()).containsExactly(StopReason.RETRY_FORBIDDEN_BY_SERVER);
    }

    @Test
    void send_refusedRetry_isForbiddenWhateverPolicyAndHintsSay() throws Exception {
        HttpRetry stubborn = retry("retry-on=any,503 retry-after=ignore").withoutVendorHints(transport.uri());
        String requested = REFUSED + " x-should-retry=true";

        assertThat(send(stubborn, "503", requested, "200")).isEqualTo(requested);
        assertThat(send(retry("stop-on=503 retry-on=500"), "500", REFUSED, "200"))
                .isEqualTo(REFUSED);

        assertThat(reasons()).containsOnly(StopReason.RETRY_FORBIDDEN_BY_SERVER).hasSize(2);
    }

    @Test
    void send_refusedRetryOfAPost_isForbiddenWithAKeyAndWithout() throws Exception {
        transport.method = "POST";
        HttpRetry keyed =
                retry("").withIdempotencyKeys(IdempotencyKeys.supportedBy(URI.create("https://api.example.com")));

        assertThat(send(keyed, "503", REFUSED, "200")).isEqualTo(REFUSED);
        assertThat(send(retry(""), REFUSED)).isEqualTo(REFUSED);

        assertThat(reasons()).containsOnly(StopReason.RETRY_FORBIDDEN_BY_SERVER).hasSize(2);
    }

    @Test
    void send_markOfAnotherStatusOrValue_meansNothing() throws Exception {
        assertThat(send(retry(""), "500 Respite-Refused=retry", "429 Respite-Refused=retry", "200"))
                .isEqualTo("200");
        assertThat(send(retry(""), "503 Respite-Refused=retries", "503 Respite-Refused=", "200"))
                .isEqualTo("200");
        assertThat(send(retry(""), "200 Respite-Refused=retry")).startsWith("200");
        assertThat(reasons()).containsOnly(StopReason.ACCEPTED);
    }

    @Test
    void refusedRetry_isAnOverloadOfTheBudgetAndTakesNoCredit() throws Exception {
        send(retry("base-delay=5s max-delay=5s jitter=none"), "503", REFUSED);

        long last = Duration.ofSeconds(5).toNanos();
        assertThat(budget.failed).extracting(failed -> failed.number()).containsExactly(1, 2);
        assertThat(budget.failed).extracting(failed -> failed.nowNanos()).containsExactly(0L, last);
        assertThat(budget.failed).extracting(failed -> failed.kind().load()).containsOnly(ErrorKind.Load.OVERLOAD);
        assertThat(budget.taken).as("for the retry that was made").isEqualTo(1);
        assertThat(budget.refunded).isZero();
    }

    /** Only a mark states that the server is congested. */
    @Test
    void retryThatIsForbiddenWithoutAMark_isNoFailureOfTheBudget() throws Exception {
        send(retry(""), "503", "503 x-should-retry=false");
        assertThat(budget.failed).extracting(failed -> failed.number()).containsExactly(1);
    }

    @Test
    void budgetThatThrows_changesNothingAndIsReported() throws Exception {
        budget.bug = new IllegalStateException("a bug");
        assertThat(send(retry(""), REFUSED, "200")).isEqualTo(REFUSED);

        assertThat(reasons()).containsExactly(StopReason.RETRY_FORBIDDEN_BY_SERVER);
        assertThat(events)
                .filteredOn(RetryEvent.CallbackFailed.class::isInstance)
                .extracting(event -> ((RetryEvent.CallbackFailed) event).callback())
                .containsExactly("budget");
    }

    @Test
    void refusedRetry_isAFailureOfTheBreaker() throws Exception {
        FakeBreaker breaker = new FakeBreaker();
        send(retry("").withBreakers(OriginBreakers.of(origin -> breaker)), "503", REFUSED);
        assertThat(breaker.failures).isEqualTo(2);
        assertThat(breaker.successes).isZero();
        assertThat(transport.sent).isEqualTo(2);
    }
}
