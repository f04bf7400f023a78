package dev.respite.failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.GrpcCode;
import dev.respite.failure.FailureFact.HttpStatus;
import dev.respite.failure.FailureFact.SqlState;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.HttpRetryException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the JDK's own exceptions state, and the vocabulary. */
class FailureFactTest {

    static Stream<Arguments> conditions() {
        return Stream.of(
                Arguments.of(new ConnectException("refused"), Condition.NOTHING_SENT),
                Arguments.of(new NoRouteToHostException(), Condition.NOTHING_SENT),
                Arguments.of(new UnknownHostException(), Condition.NOTHING_SENT),
                Arguments.of(new UnresolvedAddressException(), Condition.NOTHING_SENT),
                Arguments.of(new HttpConnectTimeoutException("late"), Condition.NOTHING_SENT),
                Arguments.of(new SocketTimeoutException("Connect timed out"), Condition.NOTHING_SENT),
                Arguments.of(new SocketTimeoutException("connect timed out"), Condition.NOTHING_SENT),
                Arguments.of(new SocketTimeoutException("Read timed out"), Condition.TIMEOUT),
                Arguments.of(new SocketTimeoutException(), Condition.TIMEOUT),
                Arguments.of(new InterruptedIOException("timeout"), Condition.TIMEOUT),
                Arguments.of(new HttpTimeoutException("late"), Condition.TIMEOUT),
                Arguments.of(new TimeoutException(), Condition.TIMEOUT),
                Arguments.of(new SocketException("Connection reset"), Condition.CONNECTION_BROKEN),
                Arguments.of(new BindException(), Condition.CONNECTION_BROKEN),
                Arguments.of(new EOFException(), Condition.CONNECTION_BROKEN),
                Arguments.of(new ClosedChannelException(), Condition.CONNECTION_BROKEN),
                Arguments.of(new AsynchronousCloseException(), Condition.CONNECTION_BROKEN),
                Arguments.of(new IOException("Connection reset by peer"), Condition.CONNECTION_BROKEN),
                Arguments.of(new IOException("Broken pipe"), Condition.CONNECTION_BROKEN),
                Arguments.of(
                        new IOException("recvAddress(..) failed: Connection reset by peer"),
                        Condition.CONNECTION_BROKEN),
                Arguments.of(
                        new IOException("An established connection was aborted by the software in your host machine"),
                        Condition.CONNECTION_BROKEN),
                Arguments.of(new IOException("RST_STREAM received"), Condition.CONNECTION_BROKEN),
                Arguments.of(new IOException("Received RST_STREAM: Internal error"), Condition.CONNECTION_BROKEN),
                Arguments.of(new IOException("request not processed by peer"), Condition.NOTHING_SENT),
                Arguments.of(new IOException("RST_STREAM received Stream not processed"), Condition.NOTHING_SENT),
                Arguments.of(new IOException("too many concurrent streams"), Condition.NOTHING_SENT),
                Arguments.of(new IOException("Canceled"), Condition.CANCELLED),
                Arguments.of(new IOException("too many authentication attempts. Limit: 3"), Condition.PERMANENT),
                Arguments.of(new IOException("WWW-Authenticate header missing for response"), Condition.PERMANENT),
                Arguments.of(new IOException("Proxy-Authenticate header missing"), Condition.PERMANENT),
                Arguments.of(new IOException("No credentials provided"), Condition.PERMANENT),
                Arguments.of(new ProtocolException("unexpected end of stream"), Condition.CONNECTION_BROKEN),
                Arguments.of(new ProtocolException("Unexpected status line"), Condition.PERMANENT),
                Arguments.of(new ProtocolException(), Condition.PERMANENT),
                Arguments.of(new HttpRetryException("redirect", 302), Condition.PERMANENT),
                Arguments.of(new FileNotFoundException("body"), Condition.PERMANENT),
                Arguments.of(new NoSuchFileException("body"), Condition.PERMANENT),
                Arguments.of(new SSLPeerUnverifiedException("other host"), Condition.PERMANENT),
                Arguments.of(new SSLException("Unsupported or unrecognized SSL message"), Condition.PERMANENT),
                Arguments.of(new SSLException("Received fatal alert: internal_error"), Condition.PERMANENT),
                Arguments.of(new SSLException("Connection reset"), Condition.CONNECTION_BROKEN),
                Arguments.of(
                        new SSLException("closed", new SocketException("Connection reset")),
                        Condition.CONNECTION_BROKEN),
                Arguments.of(
                        new SSLException("Read timed out", new SocketTimeoutException("Read timed out")),
                        Condition.TIMEOUT),
                Arguments.of(new SSLHandshakeException("Remote host terminated the handshake"), Condition.NOTHING_SENT),
                Arguments.of(
                        new SSLHandshakeException("Connection closed while SSL/TLS handshake was in progress"),
                        Condition.NOTHING_SENT),
                Arguments.of(new SSLHandshakeException("handshake timed out after 100ms"), Condition.NOTHING_SENT),
                Arguments.of(handshake("cut off", new EOFException()), Condition.NOTHING_SENT),
                Arguments.of(
                        handshake("cut off", new IOException(new SocketException("Connection reset"))),
                        Condition.NOTHING_SENT),
                Arguments.of(handshake("PKIX path building failed", new CertificateException()), Condition.PERMANENT),
                Arguments.of(
                        new SSLHandshakeException("Received fatal alert: handshake_failure"), Condition.PERMANENT));
    }

    private static Throwable handshake(String message, Throwable cause) {
        return new SSLHandshakeException(message).initCause(cause);
    }

    @ParameterizedTest
    @MethodSource("conditions")
    void of_anExceptionOfTheJdk_isItsCondition(Throwable failure, Condition condition) {
        assertThat(FactReader.read(failure)).containsExactly(condition);
        assertThat(FactReader.read(failure)).as("again").containsExactly(condition);
    }

    static Stream<Throwable> unknown() {
        return Stream.of(
                new IOException(),
                new IOException("Stream closed"),
                new IOException("canceled by the user"),
                new UncheckedIOException(new IOException("Connection reset")),
                new IllegalStateException("Connection reset"),
                new Exception(),
                new Throwable(),
                new StackOverflowError());
    }

    @ParameterizedTest
    @MethodSource("unknown")
    void of_anyOtherThrowable_isEmpty(Throwable failure) {
        assertThat(FactReader.read(failure)).isEmpty();
    }

    @Test
    void of_aMessageOfASubclass_isNotCompared() {
        assertThat(FactReader.read(new IOException("Canceled") {})).isEmpty();
        assertThat(FactReader.read(new IOException("Connection reset") {})).isEmpty();
    }

    static Stream<Arguments> sql() {
        return Stream.of(
                Arguments.of(new SQLException("", "40001", 7), List.of(new SqlState("40001", 7))),
                Arguments.of(new SQLException("no state"), List.of(new SqlState("", 0))),
                Arguments.of(new BatchUpdateException("", "40P01", new int[0]), List.of(new SqlState("40P01", 0))),
                Arguments.of(new SQLTransactionRollbackException("", "40001"), List.of(new SqlState("40001", 0))),
                Arguments.of(
                        new SQLTransientConnectionException("", "45000", 1644), List.of(new SqlState("45000", 1644))),
                Arguments.of(new SQLRecoverableException("", null, 17), List.of(new SqlState("", 17))),
                Arguments.of(
                        new SQLTransientConnectionException("no connection is available"),
                        List.of(Condition.DATABASE_TRANSIENT, new SqlState("", 0))),
                Arguments.of(new SQLRecoverableException(), List.of(Condition.DATABASE_TRANSIENT, new SqlState("", 0))),
                Arguments.of(
                        new SQLTimeoutException("", "70100", 1969),
                        List.of(Condition.TIMEOUT, new SqlState("70100", 1969))));
    }

    @ParameterizedTest
    @MethodSource("sql")
    void of_anSqlException_hasItsStateOrElseItsCondition(Throwable failure, List<FailureFact> facts) {
        assertThat(FactReader.read(failure)).isEqualTo(facts);
    }

    @ParameterizedTest
    @CsvSource({
        "40001, 0, true",
        "40P01, 0, true",
        "55P03, 0, true",
        "57P01, 0, true",
        "57P02, 0, true",
        "57P03, 0, true",
        "08000, 0, true",
        "08P01, 0, true",
        "08007, 0, false",
        "40003, 0, false",
        "08, 0, true",
        "HY000, 1205, true",
        "HY000, 1213, true",
        "90067, 90067, true",
        "90098, 90098, true",
        "90121, 90121, true",
        "90067, 0, false",
        "42000, 90067, false",
        "90020, 90020, false",
        "HY000, 1020, true",
        "40000, 1020, true",
        "40504, -1229, true",
        "40506, -1476, false",
        "40XL1, 30000, true",
        "57033, -913, true",
        "61000, 60, true",
        "61000, 54, true",
        "61000, 4020, true",
        "61000, 4021, true",
        "72000, 8177, true",
        "99999, 30006, true",
        "61000, 2391, false",
        "72000, 60, true",
        "S0001, 60, false",
        "HY000, 54, false",
        "61000, 28, true",
        "72000, 1012, true",
        "72000, 1033, true",
        "66000, 3113, true",
        "42000, 3113, false",
        "HY000, 1206, false",
        "HY000, 0, false",
        "72000, 1205, false",
        "57014, 0, false",
        "40002, 0, false",
        "23505, 0, false",
        "'', 1205, false",
        "'', 0, false"
    })
    void isTransient_ofAState_isTrueForDeadlocksAndConnections(String state, int code, boolean expected) {
        assertThat(new SqlState(state, code).isTransient()).isEqualTo(expected);
        assertThat(new SqlState(state, code).isConnectionFailure())
                .isEqualTo(state.startsWith("08")
                        || (expected && state.equals(Integer.toString(code)))
                        || (expected && List.of(28, 1012, 1033, 3113).contains(code)));
        assertThat(new SqlState(state, code).isResultUnknown())
                .isEqualTo(state.equals("40003") || state.equals("08007"));
    }

    @Test
    void isTransient_ofEachStatus_isTrueForTheKnownOnes() {
        Set<Integer> expected = IntStream.rangeClosed(500, 599)
                .filter(code -> code != 501 && code != 505 && code != 511)
                .boxed()
                .collect(java.util.stream.Collectors.toSet());
        expected.addAll(Set.of(408, 425, 429));
        for (int code = 0; code <= 700; code++) {
            assertThat(HttpStatus.isTransient(code)).as("%s", code).isEqualTo(expected.contains(code));
            assertThat(HttpStatus.isValid(code)).as("%s", code).isEqualTo(code >= 100 && code <= 599);
        }
    }

    @Test
    void httpStatus_ofNoStatus_isRefused() {
        for (int code : new int[] {-1, 0, 99, 600}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new HttpStatus(code))
                    .withMessageContaining(code + ": a status is a number from 100 to 599");
        }
    }

    @Test
    void grpcCode_ofAName_isFoundUnlessItIsNoFailure() {
        for (GrpcCode code : GrpcCode.values()) {
            assertThat(GrpcCode.of(code.name())).isEqualTo(code);
        }
        assertThat(GrpcCode.of("OK")).isNull();
        assertThat(GrpcCode.of("unavailable")).isNull();
        assertThat(GrpcCode.values()).hasSize(16);
    }

    @Test
    void ofChain_ofCauses_hasTheOutermostFirst() {
        Throwable failure =
                new IllegalStateException(new SSLException("reset", new SocketException("Connection reset")));

        assertThat(FactReader.readChain(failure))
                .containsExactly(Condition.CONNECTION_BROKEN, Condition.CONNECTION_BROKEN);
        assertThat(FactReader.readChain(new RuntimeException(new SQLException("", "08001", new ConnectException()))))
                .containsExactly(new SqlState("08001", 0), Condition.NOTHING_SENT);
    }

    @Test
    void ofChain_thatRunsInACircle_ends() {
        EOFException one = new EOFException();
        one.initCause(new IOException(one));

        assertThat(FactReader.readChain(one)).hasSize(500).containsOnly(Condition.CONNECTION_BROKEN);
    }

    @Test
    void toString_ofACondition_isInWords() {
        assertThat(Condition.CONNECTION_BROKEN).hasToString("connection broken");
    }

    @ParameterizedTest
    @CsvSource({
        "40001, 0, true",
        "40P01, 0, true",
        "40003, 0, false",
        "23505, 0, true",
        "55P03, 0, true",
        "HY000, 1205, true",
        "HY000, 1213, true",
        "HY000, 1, false",
        "08006, 0, false",
        "57P01, 0, false",
        "'', 0, false"
    })
    void commitThatFailed_isRolledBackOnlyWhereTheDatabaseSaysSo(String state, int code, boolean isRolledBack) {
        assertThat(new SqlState(state, code).provesRollback()).isEqualTo(isRolledBack);
    }
}
