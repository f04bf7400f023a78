package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.Verdict;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The transient errors by default, also among the causes. */
class ClassifierTest {

    private static final RetryPolicy DEFAULTS = RetryPolicy.defaults();

    private static final class OwnTimeout extends HttpTimeoutException {
        private static final long serialVersionUID = 1L;

        OwnTimeout() {
            super("own");
        }
    }

    private static final class Carrier extends CompletionException {
        private static final long serialVersionUID = 1L;

        Carrier() {
            super("carrier");
        }
    }

    static Stream<Arguments> transients() {
        return Stream.of(
                Arguments.of(new ConnectException(), ErrorKind.CONNECT),
                Arguments.of(new NoRouteToHostException(), ErrorKind.CONNECT),
                Arguments.of(new UnknownHostException(), ErrorKind.CONNECT),
                Arguments.of(new SocketException(), ErrorKind.IO),
                Arguments.of(new BindException(), ErrorKind.IO),
                Arguments.of(new PortUnreachableException(), ErrorKind.IO),
                Arguments.of(new SocketTimeoutException(), ErrorKind.TIMEOUT),
                Arguments.of(new TimeoutException(), ErrorKind.TIMEOUT),
                Arguments.of(new HttpTimeoutException(""), ErrorKind.TIMEOUT),
                Arguments.of(new OwnTimeout(), ErrorKind.TIMEOUT),
                Arguments.of(new HttpConnectTimeoutException(""), ErrorKind.CONNECT),
                Arguments.of(new SQLTransientException(), ErrorKind.SQL),
                Arguments.of(new SQLTransientConnectionException(), ErrorKind.SQL),
                Arguments.of(new SQLTimeoutException(), ErrorKind.TIMEOUT),
                Arguments.of(new SQLRecoverableException(), ErrorKind.SQL),
                Arguments.of(new EOFException(), ErrorKind.IO));
    }

    static Stream<Throwable> others() {
        return Stream.of(
                new IOException(),
                new SQLException(),
                new SQLIntegrityConstraintViolationException(),
                new RuntimeException(),
                new IllegalArgumentException(),
                new UncheckedIOException(new IOException()),
                new Exception(),
                new Throwable(),
                new CompletionException("no cause", null),
                new ExecutionException("no cause", null));
    }

    @ParameterizedTest
    @MethodSource("transients")
    void classify_aTransientException_saysItsKind(Throwable error, ErrorKind kind) {
        assertVerdict(error, Verdict.transientError(kind));
        assertThat(ErrorRules.knownVerdict(error)).contains(Verdict.transientError(kind));
    }

    @ParameterizedTest
    @MethodSource("transients")
    void classify_aTransientExceptionAsACause_saysTheSame(Throwable error, ErrorKind kind) {
        assertVerdict(new CompletionException(error), Verdict.transientError(kind));
        assertVerdict(new ExecutionException(error), Verdict.transientError(kind));
        assertVerdict(new CompletionException(new ExecutionException(error)), Verdict.transientError(kind));
        assertVerdict(new RuntimeException(new IOException(error)), Verdict.transientError(kind));
    }

    @ParameterizedTest
    @MethodSource("others")
    void classify_anyOtherException_isFatal(Throwable error) {
        assertVerdict(error, Verdict.fatal());
        assertThat(ErrorRules.knownVerdict(error)).isEmpty();
    }

    @Test
    void classify_severalInOneChain_takesTheOutermost() {
        SocketException reset = new SocketException();
        TimeoutException outer = new TimeoutException();
        outer.initCause(reset);
        assertVerdict(outer, Verdict.transientError(ErrorKind.TIMEOUT));
        assertVerdict(new IOException(outer), Verdict.transientError(ErrorKind.TIMEOUT));
    }

    @Test
    void classify_aChainThatRunsInACircle_ends() {
        IOException one = new IOException();
        IOException other = new IOException(one);
        one.initCause(other);
        assertVerdict(one, Verdict.fatal());
        Carrier carrier = new Carrier();
        carrier.initCause(new ExecutionException(carrier));
        assertVerdict(carrier, Verdict.fatal());
    }

    @Test
    void classify_aChainOfThirty_isSearchedToItsEnd() {
        Throwable error = new ConnectException();
        for (int i = 0; i < 30; i++) {
            error = new RuntimeException(error);
        }
        assertVerdict(error, Verdict.transientError(ErrorKind.CONNECT));
    }

    @Test
    void classify_anyValue_isAccepted() {
        for (Object value : new Object[] {"value", 503, new ConnectException(), "".getClass()}) {
            assertThat(DEFAULTS.classify(Outcome.success(value))).isEqualTo(Verdict.accept());
        }
        assertThat(DEFAULTS.classify(Outcome.success(null))).isEqualTo(Verdict.accept());
        assertThat(DEFAULTS.classifier().judgesValues()).isFalse();
    }

    @Test
    void retryOnResult_ofNull_isTransient() {
        RetryPolicy policy = RetryPolicy.builder().retryOnResult(null).build();
        assertThat(policy.classify(Outcome.success(null))).isEqualTo(Verdict.transientError(ErrorKind.RESULT));
        assertThat(policy.classify(Outcome.success(""))).isEqualTo(Verdict.accept());
    }

    @Test
    void retryOnResult_ofAMatchingValue_isTransient() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOnResult(String.class, String::isEmpty)
                .retryOnResult(Integer.class, number -> number < 0)
                .build();
        assertThat(policy.classifier().judgesValues()).isTrue();
        Verdict bad = Verdict.transientError(ErrorKind.RESULT);
        assertThat(policy.classify(Outcome.success(""))).isEqualTo(bad);
        assertThat(policy.classify(Outcome.success(-1))).isEqualTo(bad);
        for (Object good : new Object[] {"value", 1, -1L, List.of()}) {
            assertThat(policy.classify(Outcome.success(good))).isEqualTo(Verdict.accept());
        }
        assertThat(policy.classify(Outcome.success(null))).isEqualTo(Verdict.accept());
        assertThat(policy.classify(Outcome.failure(new ConnectException())))
                .isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
    }

    @Test
    void retryOnResult_predicateOfNull_receivesIt() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOnResult(String.class, value -> value == null)
                .build();
        assertThat(policy.classify(Outcome.success(null))).isEqualTo(Verdict.transientError(ErrorKind.RESULT));
        assertThat(policy.classify(Outcome.success(""))).isEqualTo(Verdict.accept());
        assertThat(policy.classify(Outcome.success(1))).isEqualTo(Verdict.accept());
    }

    /** Only a null is missing for a predicate: any other exception is a bug of it, which a driver reports. */
    @Test
    void retryOnResult_predicateThatThrows_acceptsNullOnly() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOnResult(Object.class, value -> {
                    throw value == null ? new IllegalStateException("bug") : new NullPointerException("bug");
                })
                .build();
        assertThatIllegalStateException().isThrownBy(() -> policy.classify(Outcome.success(null)));
        assertThatNullPointerException().isThrownBy(() -> policy.classify(Outcome.success("value")));
    }

    @Test
    void retryOnResult_aValue_isComparedByEquals() {
        RetryPolicy policy =
                RetryPolicy.builder().retryOnResult(List.of("pending")).build();
        assertThat(policy.classify(Outcome.success(new ArrayList<>(List.of("pending")))))
                .isEqualTo(Verdict.transientError(ErrorKind.RESULT));
        for (Object good : new Object[] {"pending", List.of()}) {
            assertThat(policy.classify(Outcome.success(good))).isEqualTo(Verdict.accept());
        }
        assertThat(policy.classify(Outcome.success(null))).isEqualTo(Verdict.accept());
    }

    /** The second is the lambda of another language, which becomes an object. */
    @Test
    void retryOnResult_aPredicateInPlaceOfAValue_isRejected() {
        Predicate<Object> predicate = "pending"::equals;
        Function<Object, Boolean> lambda = "pending"::equals;
        for (Object wrong : List.of(predicate, Predicate.not(predicate), lambda)) {
            assertThatThrownBy(() -> RetryPolicy.builder().retryOnResult(wrong))
                    .isInstanceOf(InvalidPolicyException.class)
                    .hasMessageContaining("no result equals a predicate; give the class of the results too");
        }
    }

    @Test
    void aClassifierOfOnesOwn_judgesValuesUnlessItSaysOtherwise() {
        Classifier own = outcome -> Verdict.accept();
        assertThat(own.judgesValues()).isTrue();
    }

    private static void assertVerdict(Throwable error, Verdict verdict) {
        assertThat(DEFAULTS.classify(Outcome.failure(error))).as("%s", error).isEqualTo(verdict);
    }
}
