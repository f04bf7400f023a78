package dev.respite.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.testsupport.LogLines;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponseWrapper;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryAdmissionFilterTest {

    private static final Duration OVER_THE_LIMIT = Duration.ofMillis(101);

    private final FakeClock clock = new FakeClock();
    private final QueueTime queueTime = QueueTime.of(clock);
    private final RetryAdmissionFilter filter = RetryAdmissionFilter.of(RetryAdmission.defaults(), queueTime);
    private final List<ServletRequest> served = new ArrayList<>();
    private final FilterChain chain = (request, response) -> served.add(request);

    private void pass(RetryAdmissionFilter filter, FakeRequest exchange, FilterChain chain) {
        try {
            filter.doFilter(exchange.request, exchange.response, chain);
        } catch (IOException | ServletException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Passes the request through the filter in a task that has waited. */
    private FakeRequest passAfter(Duration wait, FakeRequest exchange) {
        return passAfter(wait, filter, exchange);
    }

    private FakeRequest passAfter(Duration wait, RetryAdmissionFilter filter, FakeRequest exchange) {
        Queue<Runnable> queue = new ArrayDeque<>();
        Executor executor = queueTime.wrap(queue::add);
        executor.execute(() -> pass(filter, exchange, chain));
        clock.advance(wait);
        queue.remove().run();
        return exchange;
    }

    private void assertCounts(long firstAttempts, long admittedRetries, long refusedRetries) {
        assertThat(List.of(filter.firstAttempts(), filter.admittedRetries(), filter.refusedRetries()))
                .as("first attempts, admitted retries, refused retries")
                .containsExactly(firstAttempts, admittedRetries, refusedRetries);
    }

    @Test
    void firstAttempt_thatHasWaitedForLong_isServed() {
        FakeRequest exchange = passAfter(Duration.ofMinutes(5), FakeRequest.attempt(1));
        assertThat(served).containsExactly(exchange.request);
        assertThat(exchange.replyHeaders).isEmpty();
        assertCounts(1, 0, 0);
    }

    @Test
    void retry_thatHasWaitedForTheLimit_isServed() {
        FakeRequest exchange = passAfter(Duration.ofMillis(100), FakeRequest.attempt(2));
        assertThat(served).containsExactly(exchange.request);
        assertCounts(0, 1, 0);
    }

    @Test
    void retry_thatHasWaitedForLonger_isRefused() {
        FakeRequest exchange = passAfter(OVER_THE_LIMIT, FakeRequest.attempt(2));
        assertThat(served).isEmpty();
        assertThat(exchange.status()).isEqualTo(503);
        assertThat(exchange.contentLength()).isZero();
        assertThat(exchange.replyHeaders)
                .containsOnlyKeys("Cache-Control", "Retry-After", "x-should-retry", "Respite-Refused")
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("x-should-retry", "false")
                .containsEntry("Respite-Refused", "retry");
        assertCounts(0, 0, 1);
    }

    @Test
    void retry_withTwoLinesOfItsNumber_hasTheHigher() {
        FakeRequest request = new FakeRequest();
        request.headers.put("Respite-Attempt", "1\n2");
        passAfter(OVER_THE_LIMIT, request);
        assertThat(served).isEmpty();
        assertCounts(0, 0, 1);
    }

    @Test
    void refusal_readsHeadersAndNothingElse() {
        FakeRequest exchange = passAfter(OVER_THE_LIMIT, FakeRequest.attempt(2));
        assertThat(exchange.calls)
                .containsExactly(
                        "getAttribute",
                        "getDispatcherType",
                        "getHeaders",
                        "isAsyncStarted",
                        "setAttribute",
                        "setContentLength",
                        "setHeader",
                        "setIntHeader",
                        "setStatus");
    }

    @Test
    void exemptedRetry_thatHasWaitedForLonger_isServedAndOthersAreRefused() {
        FakeRequest exempted = FakeRequest.attempt(2);
        FakeRequest other = FakeRequest.attempt(2);
        RetryAdmissionFilter exempting = filter.withExemption(request -> request == exempted.request);
        passAfter(OVER_THE_LIMIT, exempting, exempted);
        passAfter(OVER_THE_LIMIT, exempting, other);
        assertThat(served).containsExactly(exempted.request);
        assertThat(other.status()).isEqualTo(503);
        assertThat(exempting.admittedRetries()).isEqualTo(1);
        assertThat(exempting.refusedRetries()).isEqualTo(1);
        assertThat(exempting.inProgress()).isZero();
    }

    @Test
    void exemption_isTestedForRetriesThatWouldBeRefusedOnly() {
        List<ServletRequest> tested = new ArrayList<>();
        RetryAdmissionFilter exempting = filter.withExemption(request -> !tested.add(request));
        passAfter(OVER_THE_LIMIT, exempting, FakeRequest.attempt(1));
        passAfter(Duration.ZERO, exempting, FakeRequest.attempt(2));
        assertThat(tested).isEmpty();
        FakeRequest late = passAfter(OVER_THE_LIMIT, exempting, FakeRequest.attempt(2));
        assertThat(tested).containsExactly(late.request);
    }

    @Test
    void exemption_thatThrows_endsTheRequestAndCountsItOut() {
        IllegalStateException failure = new IllegalStateException("broken");
        RetryAdmissionFilter limited = RetryAdmissionFilter.of(
                        RetryAdmission.defaults().withInProgressLimit(1))
                .withExemption(request -> {
                    throw failure;
                });
        pass(
                limited,
                FakeRequest.attempt(1),
                (request, response) -> assertThatThrownBy(() -> pass(limited, FakeRequest.attempt(2), chain))
                        .isSameAs(failure));
        assertThat(served).isEmpty();
        assertThat(limited.inProgress()).isZero();
    }

    @Test
    void retryAfter_ofManyRefusals_isSpreadEvenlyOverThreeSeconds() {
        List<String> seconds = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            seconds.add(passAfter(OVER_THE_LIMIT, FakeRequest.attempt(2))
                    .replyHeaders
                    .get("Retry-After"));
        }
        assertThat(seconds).containsExactly("1", "2", "3", "1", "2", "3");
    }

    @Test
    void retry_withAnUnknownWait_isServed() {
        pass(filter, FakeRequest.attempt(2), chain);
        assertThat(served).hasSize(1);
        assertCounts(0, 1, 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = DispatcherType.class,
            names = {"ERROR", "ASYNC", "FORWARD", "INCLUDE"})
    void dispatch_isNotDecidedOn(DispatcherType type) {
        FakeRequest exchange = FakeRequest.attempt(2);
        exchange.type = type;
        passAfter(OVER_THE_LIMIT, exchange);
        assertThat(served).containsExactly(exchange.request);
        assertCounts(0, 0, 0);
        assertThat(filter.inProgress()).isZero();
    }

    @Test
    void request_thatPassesTwoFilters_isDecidedOnOnce() {
        FakeRequest exchange = FakeRequest.attempt(2);
        RetryAdmissionFilter second = RetryAdmissionFilter.of(RetryAdmission.defaults(), queueTime);
        pass(filter, exchange, (request, response) -> second.doFilter(request, response, chain));
        assertThat(served).hasSize(1);
        assertCounts(0, 1, 0);
        assertThat(second.admittedRetries()).isZero();
    }

    @Test
    void requestOfAnotherProtocol_isServed() throws Exception {
        FakeRequest exchange = FakeRequest.attempt(2);
        ServletRequest request = new ServletRequestWrapper(exchange.request);
        filter.doFilter(request, exchange.response, chain);
        filter.doFilter(exchange.request, new ServletResponseWrapper(exchange.response), chain);
        assertThat(served).containsExactly(request, exchange.request);
        assertCounts(0, 0, 0);
    }

    @Test
    void requestInProgress_isCountedUntilTheChainReturns() {
        List<Integer> inProgress = new ArrayList<>();
        pass(filter, FakeRequest.attempt(1), (request, response) -> inProgress.add(filter.inProgress()));
        inProgress.add(filter.inProgress());
        assertThat(inProgress).containsExactly(1, 0);
    }

    @Test
    void requestInProgress_whoseHandlerThrows_isCountedOut() {
        FakeRequest exchange = FakeRequest.attempt(1);
        IOException failure = new IOException("broken");
        assertThatThrownBy(() -> filter.doFilter(exchange.request, exchange.response, (request, response) -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(filter.inProgress()).isZero();
    }

    @Test
    void requestInProgress_thatAnotherThreadCompletesMeanwhile_isCountedOut() {
        FakeRequest exchange = FakeRequest.attempt(1);
        exchange.isAsyncStarted = true;
        pass(filter, exchange, chain);
        assertThat(served).hasSize(1);
        assertThat(filter.inProgress()).isZero();
    }

    @Test
    void refusedRetry_isCountedOut() {
        passAfter(OVER_THE_LIMIT, FakeRequest.attempt(2));
        assertThat(filter.inProgress()).isZero();
    }

    @Test
    void retry_aboveTheLimitOfRequestsInProgress_isRefused() {
        RetryAdmissionFilter limited =
                RetryAdmissionFilter.of(RetryAdmission.defaults().withInProgressLimit(1));
        FakeRequest alone = FakeRequest.attempt(2);
        FakeRequest beside = FakeRequest.attempt(2);
        FakeRequest first = FakeRequest.attempt(1);
        pass(limited, alone, (request, response) -> {
            pass(limited, beside, chain);
            pass(limited, first, chain);
        });
        assertThat(alone.status()).isEqualTo(200);
        assertThat(beside.status()).isEqualTo(503);
        assertThat(served).containsExactly(first.request);
    }

    @Test
    void filter_withoutASignOfCongestion_warnsWithTheRemedy() {
        try (LogLines lines = LogLines.of("dev.respite")) {
            RetryAdmissionFilter.of(RetryAdmission.defaults()).init(null);
            assertThat(lines.all())
                    .singleElement()
                    .asString()
                    .contains("refuses nothing", "neither a QueueTime nor a limit", "withInProgressLimit");
        }
    }

    @Test
    void filter_withASignOfCongestion_doesNotWarn() {
        try (LogLines lines = LogLines.of("dev.respite")) {
            filter.init(null);
            RetryAdmissionFilter.of(RetryAdmission.defaults().withInProgressLimit(10))
                    .init(null);
            assertThat(lines.all()).isEmpty();
        }
    }

    @Test
    void filter_thatMeasuresNoWaitInAHundredRequests_warnsOnce() {
        try (LogLines lines = LogLines.of("dev.respite")) {
            for (int i = 0; i < 99; i++) {
                pass(filter, FakeRequest.attempt(1), chain);
            }
            assertThat(lines.all()).isEmpty();
            for (int i = 0; i < 200; i++) {
                pass(filter, FakeRequest.attempt(1), chain);
            }
            assertThat(lines.all())
                    .singleElement()
                    .asString()
                    .contains("no wait in the first 100 requests", "ProtocolHandler.setExecutor");
        }
    }

    @Test
    void filter_thatHasMeasuredOneWait_doesNotWarn() {
        try (LogLines lines = LogLines.of("dev.respite")) {
            passAfter(Duration.ZERO, FakeRequest.attempt(1));
            for (int i = 0; i < 200; i++) {
                pass(filter, FakeRequest.attempt(1), chain);
            }
            assertThat(lines.all()).isEmpty();
        }
    }

    @Test
    void filter_withoutAQueueTime_doesNotWarnOfUnmeasuredRequests() {
        RetryAdmissionFilter limited =
                RetryAdmissionFilter.of(RetryAdmission.defaults().withInProgressLimit(10));
        try (LogLines lines = LogLines.of("dev.respite")) {
            for (int i = 0; i < 200; i++) {
                pass(limited, FakeRequest.attempt(1), chain);
            }
            assertThat(lines.all()).isEmpty();
        }
    }
}
