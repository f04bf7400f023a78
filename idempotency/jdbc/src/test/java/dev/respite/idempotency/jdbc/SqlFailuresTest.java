package dev.respite.idempotency.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The SQLState and the code decide, the class of an exception only without both. */
class SqlFailuresTest {

    private record Kind(String state, int code) {

        List<SQLException> inEachClass() {
            return List.of(
                    new SQLException("", state, code),
                    new SQLTransientConnectionException("", state, code),
                    new SQLRecoverableException("", state, code),
                    new SQLTimeoutException("", state, code));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "45000, 1644, false",
        "02000, 1643, false",
        "70100, 1969, false",
        "70100, 1927, true",
        "57014, 0, false",
        "25P03, 0, false",
        "40001, 0, true",
        "40P01, 0, true",
        "55P03, 0, true",
        "HYT00, 50200, true",
        "HY000, 1205, true",
        "HY000, 1206, false",
        "'', 1644, false",
        "08006, 0, true",
        "08007, 0, false",
        "40003, 0, false",
        "42501, 0, false",
        "42P01, 0, false",
    })
    void isTransient_stateOrCode_decidesInEveryClass(String state, int code, boolean expected) {
        List<Function<SQLException, Throwable>> wrappers = List.of(
                failure -> failure, RuntimeException::new, failure -> new RuntimeException(new Exception(failure)));
        for (SQLException failure : new Kind(state, code).inEachClass()) {
            for (Function<SQLException, Throwable> wrapper : wrappers) {
                assertThat(SqlFailures.isTransient(wrapper.apply(failure)))
                        .as(failure.getClass().getName())
                        .isEqualTo(expected);
            }
        }
    }

    /** HikariCP's timeout has neither, and nothing was sent. */
    @Test
    void isTransient_neitherStateNorCode_isDecidedByTheClass() {
        assertThat(SqlFailures.isTransient(new SQLTransientConnectionException("no connection is available")))
                .isTrue();
        assertThat(SqlFailures.isTransient(new SQLRecoverableException())).isTrue();
        assertThat(SqlFailures.isTransient(new SQLException())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "42P01, 0, true, true",
        "42501, 0, true, true",
        "42S02, 1146, true, true",
        "42000, 1142, true, true",
        "90096, 90096, true, false",
        "42601, 0, false, true",
        "23505, 0, false, true",
        "40001, 0, false, false",
        "08006, 0, false, false",
    })
    void missingTableOrPrivilege_isInaccessible(String state, int code, boolean inaccessible, boolean permanent) {
        Exception failure = new RuntimeException(new SQLException("", state, code));
        assertThat(SqlFailures.isInaccessible(failure)).isEqualTo(inaccessible);
        assertThat(SqlFailures.isPermanent(failure)).isEqualTo(permanent);
    }

    @ParameterizedTest
    @CsvSource({"42P01, true", "42S02, true", "42501, false", "08006, false"})
    void unavailable_missingTable_namesTheRemedy(String state, boolean isMissing) {
        SQLException failure = new SQLException("no such relation", state);
        StoreUnavailableException unavailable = SqlFailures.unavailable("a record could not be read", failure);
        assertThat(unavailable)
                .hasMessageStartingWith("a record could not be read: no such relation")
                .hasCause(failure);
        assertThat(unavailable
                        .getMessage()
                        .endsWith("run the SQL in db/respite of respite-idempotency-jdbc first,"
                                + " in the folder of your database"))
                .isEqualTo(isMissing);
    }

    @ParameterizedTest
    @CsvSource({
        "23505, 0, true, false",
        "25P02, 0, false, true",
        "40001, 0, false, false",
        "HY000, 1205, true, false",
        "23000, 1062, true, false"
    })
    void failureOfAStatement_isRecognizedByStateOrCode(
            String state, int code, boolean isConcurrentClaim, boolean isAfterFailure) {
        SQLException failure = new SQLException("", state, code);
        assertThat(SqlFailures.isConcurrentClaim(failure)).isEqualTo(isConcurrentClaim);
        assertThat(SqlFailures.isAfterFailure(new RuntimeException(failure))).isEqualTo(isAfterFailure);
    }

    @Test
    void isUnavailable_storeInTheChainOfCauses_isTrue() {
        StoreUnavailableException away = new StoreUnavailableException("away", new SQLException());
        assertThat(SqlFailures.isUnavailable(new RuntimeException(new Exception(away))))
                .isTrue();
        assertThat(SqlFailures.isUnavailable(new RuntimeException(new SQLException("", "08006"))))
                .isFalse();
    }

    @Test
    void isTransient_errorOrUnknownOutcome_isFalse() {
        SQLException deadlock = new SQLException("", "40001");
        assertThat(SqlFailures.isTransient(new AssertionError(deadlock))).isFalse();
        assertThat(SqlFailures.isTransient(new OutcomeUnknownException("", deadlock)))
                .isFalse();
    }
}
