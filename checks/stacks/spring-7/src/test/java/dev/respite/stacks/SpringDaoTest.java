package dev.respite.stacks;

import dev.respite.outcome.ErrorKind;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLStateSQLExceptionTranslator;
import org.springframework.transaction.TransactionSystemException;

/** Spring's exceptions of data access. Those of a real deadlock are in {@code PostgresTest}. */
class SpringDaoTest {

    private static Judged judged(Throwable failure) {
        return new Judged(failure);
    }

    @Test
    void transientByTheirClass_areSql() {
        judged(new PessimisticLockingFailureException("")).isTransient(ErrorKind.SQL);
        judged(new CannotAcquireLockException("")).isTransient(ErrorKind.SQL);
        judged(new OptimisticLockingFailureException("")).isTransient(ErrorKind.SQL);
        judged(new TransientDataAccessResourceException("")).isTransient(ErrorKind.SQL);
        judged(new RecoverableDataAccessException("")).isTransient(ErrorKind.SQL);
        judged(new QueryTimeoutException("")).isTransient(ErrorKind.TIMEOUT);
    }

    @Test
    void translatedExceptions_areWhatTheirCauseStates() {
        for (String state : new String[] {"40001", "40P01", "55P03"}) {
            SQLException cause = new SQLException("", state);
            judged(new UncategorizedSQLException("task", "sql", cause))
                    .isTransient(ErrorKind.SQL)
                    .isSelectedBy("sqlstate:" + state);
        }
        judged(new SQLStateSQLExceptionTranslator().translate("task", "sql", new SQLException("", "40P01")))
                .isA(PessimisticLockingFailureException.class)
                .isTransient(ErrorKind.SQL)
                .isSelectedBy("sqlstate:40");
        judged(new DataAccessResourceFailureException("", new SQLException("", "57P01")))
                .isTransient(ErrorKind.SQL);
        // MariaDB: a lock wait timeout.
        judged(new UncategorizedSQLException("task", "sql", new SQLException("", "HY000", 1205)))
                .isTransient(ErrorKind.SQL)
                .isSelectedBy("sqlstate:HY");
    }

    /** A procedure's SIGNAL, as MariaDB's driver throws it and Spring translates it. */
    @Test
    void transientExceptionsOfAnSqlState_areWhatTheStateStates() {
        SQLException signal = new SQLTransientConnectionException("stop", "45000", 1644);
        judged(new SQLExceptionSubclassTranslator().translate("task", "sql", signal))
                .isA(TransientDataAccessResourceException.class)
                .isFatal();
        judged(new TransientDataAccessResourceException("", new SQLException("", "40001")))
                .isTransient(ErrorKind.SQL);
        judged(new RecoverableDataAccessException("", new SQLException("", "45000")))
                .isFatal();
        judged(new CannotAcquireLockException("", new SQLException("", "61000", 60)))
                .isTransient(ErrorKind.SQL);
    }

    @Test
    void unknownResult_inEachException_isNotRetried() {
        for (String state : new String[] {"40003", "08007"}) {
            SQLException cause = new SQLException("", state);
            for (Throwable failure : new Throwable[] {
                new CannotAcquireLockException("", cause),
                new TransientDataAccessResourceException("", cause),
                new RecoverableDataAccessException("", cause),
                new QueryTimeoutException("", cause),
                new SQLStateSQLExceptionTranslator().translate("task", "sql", cause),
                new TransactionSystemException("", cause)
            }) {
                judged(failure).isFatal().isSelectedBy("sqlstate:" + state);
            }
        }
    }

    @Test
    void permanentExceptions_areFatal() {
        judged(new DuplicateKeyException("", new SQLException("", "23505")))
                .isFatal()
                .isSelectedBy("sqlstate:23");
        judged(new DataAccessResourceFailureException("")).isFatal();
    }

    private static TransactionSystemException rollbackFailed(Throwable application) {
        TransactionSystemException failure =
                new TransactionSystemException("JDBC rollback failed", new SQLException("closed", "08003"));
        if (application != null) {
            failure.initApplicationException(application);
        }
        return failure;
    }

    @Test
    void failureOfARollback_isWhatTheFailureOfTheWorkStates() {
        judged(rollbackFailed(new CannotAcquireLockException(""))).isTransient(ErrorKind.SQL);
        judged(rollbackFailed(new UncategorizedSQLException("", "", new SQLException("", "08006"))))
                .isTransient(ErrorKind.SQL);
        judged(rollbackFailed(new IllegalArgumentException())).isFatal();
        judged(rollbackFailed(new DuplicateKeyException("", new SQLException("", "23505"))))
                .isFatal();
        judged(rollbackFailed(null)).isTransient(ErrorKind.SQL);
    }
}
