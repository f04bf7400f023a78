package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of statuses and guards; {@link HttpRulesFailuresTest} has the failures. */
class HttpRulesTest {

    private static final Instant WALL_TIME = Instant.parse("2026-03-15T12:00:00Z");
    static final RequestFacts GET = new RequestFacts("GET", false, true, false);
    static final RequestFacts POST = new RequestFacts("POST", false, true, false);
    static final Verdict NOT_IDEMPOTENT = Verdict.fatal(StopReason.NOT_IDEMPOTENT, ErrorKind.CONNECT);

    static HttpRules rules(String policy) {
        return new HttpRules(RetryPolicy.parse(policy).rules());
    }

    private static Verdict judge(String policy, RequestFacts request, int status, String... headers) {
        Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.length; i += 2) {
            fields.computeIfAbsent(headers[i], name -> new ArrayList<>()).add(headers[i + 1]);
        }
        return rules(policy).classify(request, status, name -> fields.getOrDefault(name, List.of()), WALL_TIME);
    }

    private static Verdict judge(int status, String... headers) {
        return judge("", GET, status, headers);
    }

    static Verdict judge(RequestFacts request, Throwable failure) {
        return rules("").classify(request, failure);
    }

    private static Verdict again(int status) {
        return Verdict.transientError(ErrorKind.ofStatus(status));
    }

    private static Verdict stop(StopReason reason, int status) {
        return Verdict.fatal(reason, ErrorKind.ofStatus(status));
    }

    // Limits of GitHub

    private static final String[] SPENT = {"X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1773576020"};

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
    void classify_forbiddenWithASpentLimit_isRetriedForSafeMethods(String method) {
        RequestFacts request = new RequestFacts(method, false, true, false);
        Verdict.Transient after20s = new Verdict.Transient(ErrorKind.ofStatus(403), Duration.ofSeconds(20));

        assertThat(judge("", request, 403, SPENT)).isEqualTo(after20s);
        assertThat(judge("", request, 403, "X-RateLimit-Remaining", "0", "Retry-After", "20"))
                .isEqualTo(after20s);
        assertThat(judge("stop-on=403", request, 403, SPENT)).isEqualTo(stop(StopReason.FATAL, 403));
    }

    @ParameterizedTest
    @CsvSource({"PUT, false", "DELETE, false", "POST, false", "POST, true", "PATCH, true"})
    void classify_forbiddenWithASpentLimit_isFatalForOtherMethods(String method, boolean keyed) {
        assertThat(judge("", new RequestFacts(method, keyed, true, false), 403, SPENT))
                .isEqualTo(stop(StopReason.FATAL, 403));
    }

    @Test
    void classify_forbiddenWithoutASpentLimit_isFatal() {
        assertThat(judge(403, "X-RateLimit-Remaining", "0")).isEqualTo(stop(StopReason.FATAL, 403));
        assertThat(judge(403, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "soon"))
                .isEqualTo(stop(StopReason.FATAL, 403));
        assertThat(judge(403, "X-RateLimit-Remaining", "1", "X-RateLimit-Reset", "20"))
                .isEqualTo(stop(StopReason.FATAL, 403));
        assertThat(judge(403, "X-RateLimit-Reset", "20")).isEqualTo(stop(StopReason.FATAL, 403));
        assertThat(judge(403, "Retry-After", "20")).isEqualTo(stop(StopReason.FATAL, 403));
        assertThat(judge(401, SPENT)).isEqualTo(stop(StopReason.FATAL, 401));
    }

    // Statuses

    @Test
    void classify_eachStatus_isJudgedAsRfc9110HasIt() {
        Set<Integer> retried = new TreeSet<>(Set.of(408, 425, 429));
        IntStream.rangeClosed(500, 599)
                .filter(status -> status != 501 && status != 505 && status != 511)
                .forEach(retried::add);

        for (int status = 100; status <= 599; status++) {
            Verdict expected = status < 400
                    ? Verdict.accept()
                    : retried.contains(status) ? again(status) : stop(StopReason.FATAL, status);
            assertThat(judge(status)).as("%s", status).isEqualTo(expected);
        }
        assertThat(retried).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 99, 600, 999, Integer.MAX_VALUE})
    void classify_whatIsNoStatus_isFatal(int status) {
        assertThat(judge(status)).isEqualTo(Verdict.fatal());
        assertThat(judge("retry-on=any", GET, status)).isEqualTo(Verdict.fatal());
    }

    @Test
    void classify_eachStatusNamedByRetryOn_isRetried() {
        for (int status = 100; status <= 599; status++) {
            assertThat(judge("retry-on=" + status, GET, status)).isEqualTo(again(status));
            assertThat(judge("retry-on=" + status / 100 + "xx", GET, status)).isEqualTo(again(status));
        }
    }

    @Test
    void classify_eachStatusNamedByStopOn_isNot() {
        for (int status = 400; status <= 599; status++) {
            assertThat(judge("stop-on=" + status, GET, status)).isEqualTo(stop(StopReason.FATAL, status));
            assertThat(judge("stop-on=any", GET, status)).isEqualTo(stop(StopReason.FATAL, status));
        }
        for (int status = 100; status <= 399; status++) {
            assertThat(judge("stop-on=" + status, GET, status))
                    .as("an answer that is no error is an answer: %s", status)
                    .isEqualTo(Verdict.accept());
        }
    }

    @Test
    void classify_anyNamedByRetryOn_meansAnyError() {
        for (int status = 100; status <= 599; status++) {
            assertThat(judge("retry-on=any", GET, status)).isEqualTo(status < 400 ? Verdict.accept() : again(status));
        }
    }

    @Test
    void classify_statusNamedBesideAny_isTheMoreSpecialWord() {
        assertThat(judge("retry-on=any stop-on=404", GET, 404)).isEqualTo(stop(StopReason.FATAL, 404));
        assertThat(judge("stop-on=any retry-on=404", GET, 404)).isEqualTo(again(404));
        assertThat(judge("stop-on=any retry-on=304", GET, 304)).isEqualTo(again(304));
        assertThat(judge("stop-on=5xx retry-on=503", GET, 503)).isEqualTo(again(503));
        assertThat(judge("stop-on=throttled", GET, 429)).isEqualTo(stop(StopReason.FATAL, 429));
    }

    // Hints

    @Test
    void classify_eachErrorWhereTheServerSaysNo_isFatalWhateverThePolicySays() {
        for (int status = 400; status <= 599; status++) {
            assertThat(judge("retry-on=any", GET, status, "x-should-retry", "false"))
                    .isEqualTo(stop(StopReason.RETRY_FORBIDDEN_BY_SERVER, status));
            assertThat(judge("", POST, status, "x-should-retry", "false"))
                    .isEqualTo(stop(StopReason.RETRY_FORBIDDEN_BY_SERVER, status));
        }
    }

    @Test
    void classify_successWhereTheServerSaysNo_isAccepted() {
        for (int status = 100; status <= 399; status++) {
            assertThat(judge(status, "x-should-retry", "false")).isEqualTo(Verdict.accept());
        }
        assertThat(judge("retry-on=302", GET, 302, "x-should-retry", "false"))
                .isEqualTo(stop(StopReason.RETRY_FORBIDDEN_BY_SERVER, 302));
    }

    @Test
    void classify_eachErrorWhereTheServerRequestsIt_isRetriedUnlessThePolicySaysStop() {
        for (int status = 400; status <= 599; status++) {
            assertThat(judge(status, "x-should-retry", "true")).isEqualTo(again(status));
            assertThat(judge("stop-on=" + status, GET, status, "x-should-retry", "true"))
                    .isEqualTo(stop(StopReason.FATAL, status));
        }
    }

    @Test
    void classify_retryAfter_isTheWaitOfWhatIsRetriedAndMakesOnly413Retried() {
        for (int status = 100; status <= 599; status++) {
            Verdict expected = judge(status);
            if (expected instanceof Verdict.Transient || status == 413) {
                expected = Verdict.transientError(ErrorKind.ofStatus(status), Duration.ofSeconds(7));
            }
            assertThat(judge(status, "Retry-After", "7")).as("%s", status).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, true", "soon, false", "-1, false"})
    void classify_tooLarge_needsATimeToComeBackAt(String retryAfter, boolean retried) {
        assertThat(judge(413, "Retry-After", retryAfter)).isEqualTo(retried ? again(413) : stop(StopReason.FATAL, 413));
    }

    @ParameterizedTest
    @CsvSource({"0, true", "7, true", "soon, false", "-1, false"})
    void classify_conflictOfAKeyedRequest_needsATimeToComeBackAt(String retryAfter, boolean retried) {
        RequestFacts keyed = new RequestFacts("POST", true, true, false);
        Duration wait = retryAfter.equals("7") ? Duration.ofSeconds(7) : Duration.ZERO;
        assertThat(judge("", keyed, 409, "Retry-After", retryAfter))
                .isEqualTo(
                        retried ? Verdict.transientError(ErrorKind.ofStatus(409), wait) : stop(StopReason.FATAL, 409));
    }

    @Test
    void classify_conflict_isFatalWithoutAKeyOrAHintOrIfTheServerSaysNo() {
        RequestFacts keyed = new RequestFacts("POST", true, true, false);
        assertThat(judge("", keyed, 409)).isEqualTo(stop(StopReason.FATAL, 409));
        assertThat(judge("", GET, 409, "Retry-After", "0")).isEqualTo(stop(StopReason.FATAL, 409));
        assertThat(judge("", POST, 409, "Retry-After", "0")).isEqualTo(stop(StopReason.FATAL, 409));
        assertThat(judge("stop-on=409", keyed, 409, "Retry-After", "0")).isEqualTo(stop(StopReason.FATAL, 409));
        assertThat(judge("", keyed, 409, "Retry-After", "0", "X-Should-Retry", "false"))
                .isEqualTo(stop(StopReason.RETRY_FORBIDDEN_BY_SERVER, 409));
        assertThat(judge("", new RequestFacts("POST", true, false, false), 409, "Retry-After", "0"))
                .isEqualTo(stop(StopReason.INPUT_CONSUMED, 409));
        assertThat(judge("", keyed, 412, "Retry-After", "0")).isEqualTo(stop(StopReason.FATAL, 412));
    }

    @Test
    void classify_date_isMeasuredFromTheWallTime() {
        assertThat(judge(503, "Retry-After", "Sun, 15 Mar 2026 12:00:30 GMT"))
                .isEqualTo(Verdict.transientError(ErrorKind.ofStatus(503), Duration.ofSeconds(30)));
    }

    // Nothing twice

    static Stream<Arguments> guards() {
        return Stream.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY", "POST", "PATCH", "get", "LOCK")
                .flatMap(method -> Stream.of(true, false)
                        .flatMap(keyed -> Stream.of(true, false).map(replays -> Arguments.of(method, keyed, replays))));
    }

    @ParameterizedTest
    @MethodSource("guards")
    void classify_guard_standsBeforeEveryRetry(String method, boolean keyed, boolean replayable) {
        boolean idempotent = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY")
                .contains(method);
        for (boolean redirectable : new boolean[] {false, true}) {
            RequestFacts request = new RequestFacts(method, keyed, replayable, redirectable);
            boolean repeatable = idempotent || keyed;
            assertThat(RequestFacts.isIdempotent(method)).isEqualTo(idempotent);
            assertThat(request.isRepeatable()).isEqualTo(repeatable);

            StopReason reason = repeatable ? StopReason.INPUT_CONSUMED : StopReason.NOT_IDEMPOTENT;
            boolean again = repeatable && replayable;
            assertThat(judge("", request, 503)).isEqualTo(again ? again(503) : stop(reason, 503));
            assertThat(judge("retry-on=404", request, 404)).isEqualTo(again ? again(404) : stop(reason, 404));
            assertThat(judge("", request, 409, "x-should-retry", "true"))
                    .isEqualTo(again ? again(409) : stop(reason, 409));
            assertThat(judge("", request, 400)).isEqualTo(stop(StopReason.FATAL, 400));
            assertThat(judge("", request, 200)).isEqualTo(Verdict.accept());
            assertThat(judge(request, new SocketException("reset")))
                    .isEqualTo(again ? Verdict.transientError(ErrorKind.IO) : Verdict.fatal(reason, ErrorKind.IO));
            assertThat(judge(request, new HttpTimeoutException("late")))
                    .isEqualTo(
                            again
                                    ? Verdict.transientError(ErrorKind.TIMEOUT)
                                    : Verdict.fatal(reason, ErrorKind.TIMEOUT));
        }
    }

    @ParameterizedTest
    @MethodSource("guards")
    void classify_nothingSent_needsOnlyABody(String method, boolean keyed, boolean replayable) {
        RequestFacts request = new RequestFacts(method, keyed, replayable, false);

        assertThat(judge(request, new ConnectException("refused")))
                .isEqualTo(
                        replayable
                                ? Verdict.transientError(ErrorKind.CONNECT)
                                : Verdict.fatal(StopReason.INPUT_CONSUMED, ErrorKind.CONNECT));
    }

    @ParameterizedTest
    @MethodSource("guards")
    void classify_nothingSentToTheLastServerAtLeast_isGuardedAsAnyFailure(
            String method, boolean keyed, boolean replayable) {
        RequestFacts request = new RequestFacts(method, keyed, replayable, true);

        Verdict expected = replayable
                ? Verdict.transientError(ErrorKind.CONNECT)
                : Verdict.fatal(StopReason.INPUT_CONSUMED, ErrorKind.CONNECT);
        assertThat(judge(request, new ConnectException("refused")))
                .isEqualTo(request.isRepeatable() ? expected : NOT_IDEMPOTENT);
    }
}
