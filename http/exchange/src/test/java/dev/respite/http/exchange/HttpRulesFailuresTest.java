package dev.respite.http.exchange;

import static dev.respite.http.exchange.HttpRulesTest.GET;
import static dev.respite.http.exchange.HttpRulesTest.NOT_IDEMPOTENT;
import static dev.respite.http.exchange.HttpRulesTest.POST;
import static dev.respite.http.exchange.HttpRulesTest.judge;
import static dev.respite.http.exchange.HttpRulesTest.rules;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of failure, under the policy and its guards. */
class HttpRulesFailuresTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IOException("broken"), ErrorKind.IO, true),
                Arguments.of(new EOFException(), ErrorKind.IO, true),
                Arguments.of(new ClosedChannelException(), ErrorKind.IO, true),
                Arguments.of(new SocketException("reset"), ErrorKind.IO, true),
                Arguments.of(new ConnectException("refused"), ErrorKind.CONNECT, true),
                Arguments.of(new NoRouteToHostException(), ErrorKind.CONNECT, true),
                Arguments.of(new UnknownHostException("nowhere"), ErrorKind.CONNECT, true),
                Arguments.of(
                        new ConnectException().initCause(new UnresolvedAddressException()), ErrorKind.CONNECT, true),
                Arguments.of(new HttpConnectTimeoutException("late"), ErrorKind.CONNECT, true),
                Arguments.of(new HttpTimeoutException("late"), ErrorKind.TIMEOUT, true),
                Arguments.of(new SocketTimeoutException("late"), ErrorKind.TIMEOUT, true),
                Arguments.of(new TimeoutException("late"), ErrorKind.TIMEOUT, true),
                Arguments.of(new IOException("Too many retries", new SocketException("reset")), ErrorKind.IO, true),
                Arguments.of(new UncheckedIOException(new IOException("Connection reset")), ErrorKind.IO, true),
                Arguments.of(new RuntimeException(new EOFException()), ErrorKind.IO, true),
                Arguments.of(new IOException("request not processed by peer"), ErrorKind.CONNECT, true),
                Arguments.of(new SocketTimeoutException("Connect timed out"), ErrorKind.CONNECT, true),
                Arguments.of(
                        new SSLHandshakeException("Remote host terminated the handshake"), ErrorKind.CONNECT, true),
                Arguments.of(
                        new SSLHandshakeException("cut off").initCause(new SocketException("Connection reset")),
                        ErrorKind.CONNECT,
                        true),
                Arguments.of(new SSLException("closed", new EOFException()), ErrorKind.IO, true),
                Arguments.of(new ProtocolException("unexpected end of stream"), ErrorKind.IO, true),
                Arguments.of(new IOException("No credentials provided"), ErrorKind.IO, false),
                Arguments.of(
                        new IOException("Too many retries", new SSLHandshakeException("no trust")),
                        ErrorKind.IO,
                        false),
                Arguments.of(new SSLException("not TLS"), ErrorKind.IO, false),
                Arguments.of(new SSLHandshakeException("no trust"), ErrorKind.IO, false),
                Arguments.of(new ProtocolException("not HTTP"), ErrorKind.IO, false),
                Arguments.of(new FileNotFoundException("body"), ErrorKind.IO, false),
                Arguments.of(new NoSuchFileException("body"), ErrorKind.IO, false),
                Arguments.of(new AccessDeniedException("body"), ErrorKind.IO, false),
                Arguments.of(new IllegalArgumentException("no URI"), ErrorKind.OTHER, false),
                Arguments.of(new UncheckedIOException(new IOException("of a handler")), ErrorKind.OTHER, false),
                Arguments.of(new IllegalStateException("a bug"), ErrorKind.OTHER, false));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void classify_failure_isTransientIfItIsOfTheWire(Throwable failure, ErrorKind kind, boolean retried) {
        assertThat(judge(GET, failure))
                .isEqualTo(retried ? Verdict.transientError(kind) : Verdict.fatal(StopReason.FATAL, kind));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void classify_failureNamedByThePolicy_isWhatThePolicySays(Throwable failure, ErrorKind kind, boolean retried) {
        String type = failure.getClass().getName();

        assertThat(rules("retry-on=" + type).classify(GET, failure)).isEqualTo(Verdict.transientError(kind));
        assertThat(rules("retry-on=any").classify(GET, failure)).isEqualTo(Verdict.transientError(kind));
        assertThat(rules("stop-on=" + type).classify(GET, failure)).isEqualTo(Verdict.fatal(StopReason.FATAL, kind));
        assertThat(rules("stop-on=" + kind.name()).classify(GET, failure))
                .isEqualTo(Verdict.fatal(StopReason.FATAL, kind));
    }

    @Test
    void classify_carrierOfAFailure_isLookedThrough() {
        assertThat(judge(GET, new CompletionException(new SocketException("reset"))))
                .isEqualTo(Verdict.transientError(ErrorKind.IO));
        assertThat(judge(POST, new CompletionException(new ConnectException("refused"))))
                .isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
    }

    @ParameterizedTest
    @MethodSource("nothingSent")
    void classify_unsafeRequestOfWhichNothingWasSent_isRetried(Throwable failure) {
        assertThat(judge(POST, failure)).isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
        assertThat(judge(new RequestFacts("POST", false, true, true), failure)).isEqualTo(NOT_IDEMPOTENT);
    }

    static Stream<Throwable> nothingSent() {
        return Stream.of(
                new IOException("request not processed by peer"),
                new IOException("RST_STREAM received Stream not processed"),
                new SocketTimeoutException("Connect timed out"),
                new SSLHandshakeException("Remote host terminated the handshake"),
                new UncheckedIOException(new ConnectException("refused")));
    }

    @Test
    void classify_cancellationByTheCaller_isNeverRetried() {
        Verdict cancelled = Verdict.fatal(StopReason.CANCELLED, ErrorKind.of("cancelled"));
        for (String policy : List.of("", "retry-on=any", "retry-on=java.io.IOException", "stop-on=any")) {
            assertThat(rules(policy).classify(GET, new IOException("Canceled"))).isEqualTo(cancelled);
            assertThat(rules(policy).classify(GET, new RuntimeException(new IOException("Canceled"))))
                    .isEqualTo(cancelled);
        }
    }

    @Test
    void classify_failureThatStatesAFact_isSelectedByIt() {
        Throwable deadlock = new RuntimeException(new java.sql.SQLException("deadlock", "40001"));
        assertThat(judge(GET, deadlock)).isEqualTo(Verdict.transientError(ErrorKind.SQL));
        assertThat(judge(POST, deadlock)).isEqualTo(Verdict.fatal(StopReason.NOT_IDEMPOTENT, ErrorKind.SQL));
        assertThat(rules("stop-on=sqlstate:40").classify(GET, deadlock))
                .isEqualTo(Verdict.fatal(StopReason.FATAL, ErrorKind.SQL));
    }

    @Test
    void classify_failureNamedByThePolicy_isGuardedStill() {
        assertThat(rules("retry-on=java.lang.IllegalStateException").classify(POST, new IllegalStateException()))
                .isEqualTo(Verdict.fatal(StopReason.NOT_IDEMPOTENT, ErrorKind.OTHER));
        assertThat(rules("retry-on=java.lang.IllegalStateException")
                        .classify(new RequestFacts("PUT", false, false, false), new IllegalStateException()))
                .isEqualTo(Verdict.fatal(StopReason.INPUT_CONSUMED, ErrorKind.OTHER));
    }
}
