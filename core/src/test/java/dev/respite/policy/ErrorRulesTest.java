package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which of a policy's words on errors wins, and what rules change. */
class ErrorRulesTest {

    interface Marker extends Closeable {}

    private static class Marked extends IOException implements Marker {
        private static final long serialVersionUID = 1L;

        @Override
        public void close() {}
    }

    private static final class MoreMarked extends Marked {
        private static final long serialVersionUID = 1L;
    }

    private static Verdict verdict(String policy, Throwable error) {
        return RetryPolicy.parse(policy).classify(Outcome.failure(error));
    }

    @Test
    void retryOn_aClass_retriesItAndItsSubclasses() {
        Verdict retried = Verdict.transientError(ErrorKind.OTHER);
        assertThat(verdict("retry-on=java.io.IOException", new IOException())).isEqualTo(retried);
        assertThat(verdict("retry-on=java.io.IOException", new MoreMarked())).isEqualTo(retried);
        assertThat(verdict("retry-on=java.lang.Exception", new MoreMarked())).isEqualTo(retried);
        assertThat(verdict("retry-on=java.io.Closeable", new MoreMarked())).isEqualTo(retried);
        assertThat(verdict("retry-on=java.lang.AutoCloseable", new MoreMarked()))
                .isEqualTo(retried);
        assertThat(verdict("retry-on=" + Marker.class.getName(), new MoreMarked()))
                .isEqualTo(retried);
        assertThat(verdict("retry-on=java.io.IOException", new CompletionException(new IOException())))
                .isEqualTo(retried);
        assertThat(verdict("retry-on=java.io.IOException", new RuntimeException(new IOException())))
                .isEqualTo(retried);
        assertThat(verdict("retry-on=java.io.IOException", new Exception())).isEqualTo(Verdict.fatal());
        assertThat(verdict("retry-on=any", new IllegalStateException())).isEqualTo(retried);
        assertThat(verdict("retry-on=other", new IllegalStateException())).isEqualTo(retried);
    }

    @Test
    void stopOn_aWord_stopsWhatWasTransient() {
        ConnectException error = new ConnectException();
        Verdict stopped = Verdict.fatal(StopReason.FATAL, ErrorKind.CONNECT);
        assertThat(verdict("stop-on=java.net.ConnectException", error)).isEqualTo(stopped);
        assertThat(verdict("stop-on=java.net.SocketException", error)).isEqualTo(stopped);
        assertThat(verdict("stop-on=connect", error)).isEqualTo(stopped);
        assertThat(verdict("stop-on=any", error)).isEqualTo(stopped);
        assertThat(verdict("stop-on=timeout", error)).isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
    }

    @Test
    void rulings_whereSeveralMatch_theMostSpecialWins() {
        ConnectException error = new ConnectException();
        String own = "java.net.ConnectException";
        String parent = "java.net.SocketException";
        assertRetried("retry-on=" + own + " stop-on=" + parent, error);
        assertStopped("stop-on=" + own + " retry-on=" + parent, error);
        assertStopped("stop-on=" + parent + " retry-on=connect", error);
        assertRetried("retry-on=" + parent + " stop-on=connect", error);
        assertRetried("retry-on=connect stop-on=any", error);
        assertStopped("stop-on=connect retry-on=any", error);
        assertRetried("retry-on=" + Marker.class.getName() + " stop-on=java.io.IOException", new MoreMarked());
        assertStopped("retry-on=java.io.IOException stop-on=" + Marked.class.getName(), new MoreMarked());
        // The outermost of the causes that has a word decides.
        assertStopped("stop-on=java.io.IOException retry-on=" + own, new IOException(error));
        assertRetried("retry-on=java.io.IOException stop-on=" + own, new IOException(error));
    }

    private static void assertRetried(String policy, Throwable error) {
        assertThat(verdict(policy, error)).as(policy).isInstanceOf(Verdict.Transient.class);
    }

    private static void assertStopped(String policy, Throwable error) {
        assertThat(verdict(policy, error)).as(policy).isInstanceOf(Verdict.Fatal.class);
    }

    @ParameterizedTest
    @CsvSource({
        // kind, the rules in the policy, the attempts that are made
        "503, on.503.max-attempts=7 on.5xx.max-attempts=5, 7",
        "502, on.503.max-attempts=7 on.5xx.max-attempts=5, 5",
        "404, on.503.max-attempts=7 on.5xx.max-attempts=5, 3",
        "404, on.any.max-attempts=9 on.5xx.max-attempts=5, 9",
        "503, on.any.max-attempts=9 on.5xx.max-attempts=5, 5",
        "429, on.throttled.max-attempts=6, 6",
        "429, on.throttled.max-attempts=6 on.429.max-attempts=4, 4",
        "429, on.throttled.max-attempts=6 on.4xx.max-attempts=4, 4",
        "throttled, on.throttled.max-attempts=6, 6",
        "timeout, on.timeout.max-attempts=1, 1",
        "not-ready, on.not-ready.max-attempts=2, 2",
        "not-ready, on.timeout.max-attempts=1, 3",
        "503, on.503.max-retries=7, 8",
    })
    void ruleOfMaxAttempts_ofAKind_replacesTheGeneralLimit(String kind, String rules, int attempts) {
        RetryPolicy policy =
                RetryPolicy.parse(rules).withClassifier(outcome -> Verdict.transientError(ErrorKind.of(kind)));
        for (int number = 1; number <= attempts; number++) {
            Decision<String> decision = policy.decide(new Attempt(number, 0, 0), Outcome.success("bad"), 0);
            assertThat(decision instanceof Decision.RetryAfter<?>)
                    .as("attempt %d", number)
                    .isEqualTo(number < attempts);
        }
        assertThat(policy.decide(new Attempt(attempts, 0, 0), Outcome.success("bad"), 0))
                .isEqualTo(new Decision.Return<>("bad", StopReason.ATTEMPTS_EXHAUSTED));
    }

    @Test
    void ruleOfMaxAttempts_isReadAtTheOutcomeThatItMatches_whateverCameBefore() {
        RetryPolicy policy = RetryPolicy.parse("max-attempts=2 on.timeout.max-attempts=5");
        Outcome<Object> timeout = Outcome.failure(new TimeoutException());
        Outcome<Object> reset = Outcome.failure(new SocketException());
        assertThat(policy.decide(new Attempt(4, 0, 0), timeout, 0)).isInstanceOf(Decision.RetryAfter.class);
        assertThat(policy.decide(new Attempt(5, 0, 0), timeout, 0)).isInstanceOf(Decision.Throw.class);
        assertThat(policy.decide(new Attempt(2, 0, 0), reset, 0)).isInstanceOf(Decision.Throw.class);
    }

    @Test
    void ruleOfDelays_ofAClass_replacesTheBackoffOfThatClassOnly() {
        RetryPolicy policy = RetryPolicy.parse("backoff=fixed base-delay=1s jitter=none"
                + " on.java.net.SocketException.base-delay=2s on.timeout.backoff=immediate on.io.max-attempts=9");
        assertThat(delay(policy, new ConnectException())).isEqualTo(2_000_000_000L);
        assertThat(delay(policy, new SocketException())).isEqualTo(2_000_000_000L);
        assertThat(delay(policy, new SocketTimeoutException())).isZero();
        RetryPolicy other = RetryPolicy.parse("backoff=fixed base-delay=1s jitter=none on.timeout.max-attempts=9");
        assertThat(delay(other, new SocketTimeoutException())).isEqualTo(1_000_000_000L);
    }

    private static long delay(RetryPolicy policy, Throwable error) {
        return ((Decision.RetryAfter<?>) policy.decide(Attempt.FIRST, Outcome.failure(error), 0.5)).delayNanos();
    }

    @Test
    void rule_ofAValue_isFoundByKind() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOnResult(String.class, String::isEmpty)
                .on("result", "max-attempts", "1")
                .build();
        assertThat(policy.decide(Attempt.FIRST, Outcome.success(""), 0))
                .isEqualTo(new Decision.Return<>("", StopReason.ATTEMPTS_EXHAUSTED));
    }

    @Test
    void isRetried_ofNamedAndUnnamedErrors_isTheOverrideOrTheDefault() {
        ErrorRules rules = RetryPolicy.parse("retry-on=503 stop-on=5xx,java.io.IOException")
                .rules();
        for (boolean byDefault : new boolean[] {true, false}) {
            assertThat(rules.isRetried(Outcome.success("x"), ErrorKind.ofStatus(503), byDefault))
                    .isTrue();
            assertThat(rules.isRetried(Outcome.success("x"), ErrorKind.ofStatus(502), byDefault))
                    .isFalse();
            assertThat(rules.isRetried(Outcome.success("x"), ErrorKind.ofStatus(404), byDefault))
                    .isEqualTo(byDefault);
            assertThat(rules.isRetried(Outcome.failure(new IOException()), ErrorKind.ofStatus(503), byDefault))
                    .isFalse();
            assertThat(RetryPolicy.defaults().rules().isRetried(Outcome.success("x"), ErrorKind.OTHER, byDefault))
                    .isEqualTo(byDefault);
        }
    }
}
