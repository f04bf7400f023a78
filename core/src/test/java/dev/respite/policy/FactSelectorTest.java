package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.GrpcCode;
import dev.respite.failure.FailureFact.HttpStatus;
import dev.respite.failure.FailureFacts;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransactionRollbackException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What failures mean by the facts that they state, by default and as a policy selects them. */
class FactSelectorTest {

    /** A failure that states given facts. */
    static final class Stating extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient List<FailureFact> facts;

        Stating(FailureFact... facts) {
            this.facts = List.of(facts);
        }
    }

    /** Reads it. */
    public static final class OfStating implements FailureFacts {
        @Override
        public List<FailureFact> of(Throwable failure) {
            return failure instanceof Stating stating ? stating.facts : List.of();
        }
    }

    private static Verdict verdict(String policy, Throwable error) {
        return RetryPolicy.parse(policy).classify(Outcome.failure(error));
    }

    private static Throwable status(int code) {
        return new Stating(new HttpStatus(code));
    }

    private static void assertRetried(String policy, Throwable error) {
        assertThat(verdict(policy, error)).as(policy).isInstanceOf(Verdict.Transient.class);
    }

    private static void assertStopped(String policy, Throwable error) {
        assertThat(verdict(policy, error)).as(policy).isInstanceOf(Verdict.Fatal.class);
    }

    @Test
    void classify_eachStatusInAFailure_isTransientWhereItIsInHttp() {
        for (int code = 100; code <= 599; code++) {
            ErrorKind kind = ErrorKind.ofStatus(code);
            Verdict expected =
                    HttpStatus.isTransient(code) ? Verdict.transientError(kind) : Verdict.fatal(StopReason.FATAL, kind);
            assertThat(verdict("", status(code))).isEqualTo(expected);
            assertThat(verdict("", new IOException(new RuntimeException(status(code)))))
                    .isEqualTo(expected);
            assertRetried("retry-on=" + code, status(code));
            assertRetried("retry-on=" + code / 100 + "xx", status(code));
            assertStopped("stop-on=" + code, status(code));
            assertStopped("stop-on=" + code / 100 + "xx", status(code));
        }
    }

    @Test
    void classify_statusesOfOverload_haveThatLoad() {
        for (int code : new int[] {429, 503, 504}) {
            Verdict.Transient error = (Verdict.Transient) verdict("", status(code));
            assertThat(error.kind().load()).isEqualTo(ErrorKind.Load.OVERLOAD);
        }
        assertStopped("stop-on=throttled", status(429));
    }

    @Test
    void classify_statusOutsideOfATransientCause_decides() {
        Throwable failure = status(404).initCause(new EOFException());

        assertThat(verdict("", failure)).isEqualTo(Verdict.fatal(StopReason.FATAL, ErrorKind.ofStatus(404)));
        assertRetried("retry-on=404", failure);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ALREADY_RETRIED")
    void classify_eachCondition_hasItsVerdict(Condition condition) {
        Verdict expected = switch (condition) {
            case NOTHING_SENT -> Verdict.transientError(ErrorKind.CONNECT);
            case TIMEOUT -> Verdict.transientError(ErrorKind.TIMEOUT);
            case CONNECTION_BROKEN -> Verdict.transientError(ErrorKind.IO);
            case CANCELLED -> Verdict.fatal(StopReason.CANCELLED, ErrorKind.of("cancelled"));
            case THROTTLED -> Verdict.transientError(ErrorKind.THROTTLED);
            case DATABASE_TRANSIENT -> Verdict.transientError(ErrorKind.SQL);
            case TRANSIENT -> Verdict.transientError(ErrorKind.OTHER);
            case PERMANENT -> Verdict.fatal();
            case ALREADY_RETRIED -> throw new IllegalArgumentException("it says nothing of what failed");
        };
        Throwable failure = new CompletionException(new Stating(condition));

        assertThat(verdict("", failure)).isEqualTo(expected);
        assertThat(ErrorRules.knownVerdict(failure)).contains(expected);
    }

    @Test
    void classify_alreadyRetried_isDecidedByTheOtherFacts() {
        assertThat(ErrorRules.knownVerdict(new Stating(Condition.ALREADY_RETRIED)))
                .isEmpty();
        assertThat(verdict("", new Stating(Condition.ALREADY_RETRIED, new HttpStatus(503))))
                .isEqualTo(Verdict.transientError(ErrorKind.ofStatus(503)));
    }

    @Test
    void classify_cancellation_isNotRetriedWhateverIsNamed() {
        for (String policy : List.of("retry-on=any", "retry-on=java.lang.RuntimeException", "stop-on=any")) {
            assertThat(verdict(policy, new Stating(Condition.CANCELLED)))
                    .isEqualTo(Verdict.fatal(StopReason.CANCELLED, ErrorKind.of("cancelled")));
        }
    }

    @Test
    void classify_permanent_isRetriedWhereItIsNamed() {
        assertRetried("retry-on=other", new Stating(Condition.PERMANENT));
        assertRetried("retry-on=any", new Stating(Condition.PERMANENT));
    }

    @Test
    void classify_severalFactsOfOneThrowable_areTakenInTheirOrder() {
        Throwable throttled = new Stating(Condition.THROTTLED, new HttpStatus(400));
        assertThat(verdict("", throttled)).isEqualTo(Verdict.transientError(ErrorKind.THROTTLED));
        assertStopped("stop-on=400", throttled);
        assertStopped("stop-on=throttled", throttled);
    }

    @Test
    void classify_noFact_isKnownAsNothing() {
        assertThat(ErrorRules.knownVerdict(new IllegalStateException())).isEqualTo(Optional.empty());
        assertThat(ErrorRules.knownVerdict(new SQLException("", "23505"))).isEqualTo(Optional.empty());
    }

    // SQL

    @ParameterizedTest
    @CsvSource({
        "retry-on=sqlstate:23505, 23505, true",
        "retry-on=sqlstate:23, 23505, true",
        "retry-on=sqlstate:235, 23505, true",
        "retry-on=sqlstate:23506, 23505, false",
        "retry-on=sqlstate:22, 23505, false",
        "stop-on=sqlstate:40001, 40001, false",
        "stop-on=sqlstate:40, 40001, false",
        "stop-on=sqlstate:40 retry-on=sqlstate:40001, 40001, true",
        "stop-on=sqlstate:40001 retry-on=sqlstate:40, 40001, false",
        "stop-on=sqlstate:40001, 40P01, true",
        "stop-on=sql, 40001, false",
        "retry-on=sqlstate:40001 stop-on=sql, 40001, true",
        "stop-on=sqlstate:40001 retry-on=java.sql.SQLException, 40001, true",
        "retry-on=sqlstate:23 stop-on=any, 23505, true",
        "retry-on=sqlstate:23, '', false",
        "retry-on=sqlstate:23, 2, false"
    })
    void classify_sqlState_isSelectedByItsLongestBeginning(String policy, String state, boolean retried) {
        Throwable failure = new RuntimeException("translated", new SQLException("", state));

        assertThat(verdict(policy, failure) instanceof Verdict.Transient).isEqualTo(retried);
    }

    @ParameterizedTest
    @CsvSource({
        "retry-on=sqlcode:1205, S0001, 1205, true",
        "retry-on=sqlcode:-911, 42000, -911, true",
        "retry-on=sqlcode:911, 42000, -911, false",
        "retry-on=sqlcode:1205, S0001, 12050, false",
        "stop-on=sqlcode:1205, 40001, 1205, false",
        "stop-on=sqlcode:1205, 40001, 1206, true",
        "stop-on=sqlcode:1205 retry-on=sqlstate:40001, 40001, 1205, false",
        "retry-on=sqlcode:1205 stop-on=sqlstate:40001, 40001, 1205, true",
        "retry-on=sqlcode:1205 stop-on=java.sql.SQLException, 40001, 1205, false",
        "retry-on=sqlcode:1205, '', 1205, true"
    })
    void classify_vendorCode_precedesTheSqlState(String policy, String state, int code, boolean retried) {
        Throwable failure = new RuntimeException("translated", new SQLException("", state, code));

        assertThat(verdict(policy, failure) instanceof Verdict.Transient).isEqualTo(retried);
        assertThat(RetryPolicy.parse(RetryPolicy.parse(policy).toString())).isEqualTo(RetryPolicy.parse(policy));
    }

    @Test
    void classify_sqlStateOfATransientClass_isSelectedToo() {
        assertStopped("stop-on=sqlstate:40001", new SQLTransactionRollbackException("", "40001"));
        assertThat(verdict("", new SQLTransactionRollbackException("", "40001")))
                .isEqualTo(Verdict.transientError(ErrorKind.SQL));
    }

    @Test
    void classify_connectionOfADatabase_isSqlUnlessItsCauseSaysMore() {
        assertThat(verdict("", new SQLException("", "08006", new EOFException())))
                .isEqualTo(Verdict.transientError(ErrorKind.SQL));
        assertThat(verdict("", new SQLException("", "08006", new RuntimeException())))
                .isEqualTo(Verdict.transientError(ErrorKind.SQL));
        assertThat(verdict("", new SQLException("", "08001", new IOException(new ConnectException()))))
                .isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
        assertThat(verdict("", new SQLException("", "08006", new SocketTimeoutException("Read timed out"))))
                .isEqualTo(Verdict.transientError(ErrorKind.TIMEOUT));
        assertThat(verdict("", new SQLException("", "40001", new ConnectException())))
                .as("a deadlock is one whatever its cause")
                .isEqualTo(Verdict.transientError(ErrorKind.SQL));
    }

    /** MariaDB's driver throws a transient exception for the SQLState of a procedure's SIGNAL. */
    @ParameterizedTest
    @CsvSource({
        "45000, 1644, false",
        "02000, 1643, false",
        "'', 1644, false",
        "57014, 0, false",
        "40001, 0, true",
        "08006, 0, true",
        "HY000, 1205, true",
        "'', 0, true",
    })
    void classify_sqlStateOrCode_decidesBeforeATransientClass(String state, int code, boolean retried) {
        for (SQLException failure : List.of(
                new SQLTransientConnectionException("", state, code), new SQLRecoverableException("", state, code))) {
            for (Throwable wrapped : List.of(
                    failure, new RuntimeException(failure), new CompletionException(new RuntimeException(failure)))) {
                assertThat(verdict("", wrapped) instanceof Verdict.Transient).isEqualTo(retried);
                assertRetried("retry-on=" + failure.getClass().getName(), wrapped);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"40003, 0", "40003, 7", "08007, 0", "08007, 7"})
    void classify_sqlStateOfAnUnknownResult_decidesBeforeEveryClass(String state, int code) {
        for (SQLException failure : List.of(
                new SQLException("", state, code),
                new SQLTransientConnectionException("", state, code),
                new SQLRecoverableException("", state, code),
                new SQLTimeoutException("", state, code),
                new SQLException("", state, code, new ConnectException()))) {
            for (Throwable wrapped : List.of(
                    failure,
                    new RuntimeException(failure),
                    new Stating(Condition.DATABASE_TRANSIENT).initCause(failure),
                    new Stating(Condition.TIMEOUT).initCause(new RuntimeException(failure)),
                    new SQLTransientConnectionException("", failure),
                    new SQLException("", "08006", failure))) {
                assertThat(verdict("", wrapped)).isEqualTo(Verdict.fatal(StopReason.NOT_IDEMPOTENT, ErrorKind.SQL));
                assertRetried("retry-on=sqlstate:" + state, wrapped);
            }
        }
    }

    @Test
    void classify_unknownResultBehindAFactThatDecides_isDecidedByTheFact() {
        SQLException unknown = new SQLException("", "08007");
        assertThat(verdict("", status(503).initCause(unknown)))
                .isEqualTo(Verdict.transientError(ErrorKind.ofStatus(503)));
        assertThat(verdict("", new SQLException("", "40001", unknown)))
                .isEqualTo(Verdict.transientError(ErrorKind.SQL));
        assertThat(verdict("", new Stating(Condition.PERMANENT).initCause(unknown)))
                .isEqualTo(Verdict.fatal());
        assertThat(verdict("", new Stating(Condition.DATABASE_TRANSIENT, Condition.PERMANENT).initCause(unknown)))
                .as("the failure of a rollback")
                .isEqualTo(Verdict.transientError(ErrorKind.SQL));
    }

    // gRPC

    @ParameterizedTest
    @EnumSource(GrpcCode.class)
    void classify_eachGrpcCode_hasItsVerdictAndIsSelected(GrpcCode code) {
        Throwable failure = new Stating(code);
        Verdict expected = switch (code) {
            case UNAVAILABLE -> Verdict.transientError(ErrorKind.overload("grpc-unavailable"));
            case DEADLINE_EXCEEDED -> Verdict.transientError(ErrorKind.TIMEOUT);
            case RESOURCE_EXHAUSTED -> Verdict.fatal(StopReason.FATAL, ErrorKind.THROTTLED);
            default ->
                Verdict.fatal(
                        StopReason.FATAL,
                        ErrorKind.of("grpc-"
                                + code.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')));
        };

        assertThat(verdict("", failure)).isEqualTo(expected);
        assertRetried("retry-on=grpc:" + code, failure);
        assertRetried("preset=grpc retry-on=grpc:" + code, new RuntimeException(failure));
        assertStopped("stop-on=grpc:" + code, failure);
        assertThat(verdict("preset=grpc", failure)).isEqualTo(expected);
    }

    @Test
    void classify_grpcCodesOfOverload_haveThatLoad() {
        Verdict.Transient unavailable = (Verdict.Transient) verdict("", new Stating(GrpcCode.UNAVAILABLE));
        assertThat(unavailable.kind().load()).isEqualTo(ErrorKind.Load.OVERLOAD);
        Verdict.Transient exhausted = (Verdict.Transient)
                verdict("retry-on=grpc:RESOURCE_EXHAUSTED", new Stating(GrpcCode.RESOURCE_EXHAUSTED));
        assertThat(exhausted.kind()).isEqualTo(ErrorKind.THROTTLED);
    }

    @Test
    void classify_unavailableWithoutAConnection_isConnect() {
        Throwable failure = new Stating(GrpcCode.UNAVAILABLE).initCause(new ConnectException());

        assertThat(verdict("", failure)).isEqualTo(Verdict.transientError(ErrorKind.CONNECT));
        assertStopped("stop-on=grpc:UNAVAILABLE", failure);
        assertThat(verdict("", new Stating(GrpcCode.INTERNAL).initCause(new ConnectException())))
                .isEqualTo(Verdict.fatal(StopReason.FATAL, ErrorKind.of("grpc-internal")));
    }

    // Rules

    @Test
    void decide_ruleForAFact_setsItsLimit() {
        RetryPolicy policy = RetryPolicy.parse(
                "on.sqlcode:-911.max-attempts=6 on.sqlstate:40001.max-attempts=5 on.sqlstate:40.max-attempts=4 on.grpc:UNAVAILABLE.max-attempts=2"
                        + " on.503.max-attempts=1");
        assertThat(attempts(policy, new SQLException("", "40001"))).isEqualTo(5);
        assertThat(attempts(policy, new SQLException("", "40001", -911))).isEqualTo(6);
        assertThat(attempts(policy, new RuntimeException(new SQLException("", "40P01"))))
                .isEqualTo(4);
        assertThat(attempts(policy, new SQLException("", "08001"))).isEqualTo(3);
        assertThat(attempts(policy, new Stating(GrpcCode.UNAVAILABLE))).isEqualTo(2);
        assertThat(attempts(policy, status(503))).isEqualTo(1);
    }

    private static int attempts(RetryPolicy policy, Throwable failure) {
        int number = 1;
        while (policy.decide(new Attempt(number, 0, 0), Outcome.failure(failure), 0) instanceof Decision.RetryAfter) {
            number++;
        }
        return number;
    }

    @Test
    void classify_causesInACircle_end() {
        IOException one = new IOException();
        one.initCause(new IOException(one));
        assertThat(verdict("retry-on=503 stop-on=java.lang.IllegalStateException", one))
                .isEqualTo(Verdict.fatal());
    }

    @Test
    void explain_ofFacts_hasThemInItsRules() {
        RetryPolicy policy = RetryPolicy.parse("retry-on=sqlstate:40001,grpc:ABORTED on.sqlstate:40001.max-attempts=2");
        assertThat(Explanation.of(policy).policy().settings())
                .containsEntry("retry-on", "grpc:ABORTED,sqlstate:40001")
                .containsEntry("on.sqlstate:40001.max-attempts", "2");
        assertThat(Explanation.of(policy).warnings()).isEmpty();
        assertThat(policy.rules().isInRetryOn("grpc:ABORTED")).isTrue();
        assertThat(policy.rules().isInRetryOn("grpc:INTERNAL")).isFalse();
    }

    @Test
    void classNames_ofAPolicy_areThoseOfAllItsKeys() {
        RetryPolicy policy =
                RetryPolicy.parse("retry-on=a.B,503,timeout stop-on=c.D,sqlstate:08 on.e.F.max-attempts=2");
        assertThat(policy.rules().classNames()).containsExactly("a.B", "c.D", "e.F");
    }
}
