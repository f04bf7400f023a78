package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.spring.TwoDatabases.AsyncEvent;
import dev.respite.spring.TwoDatabases.Work;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Retried methods with two data sources, in each phase of a transaction. */
class TwoDatabasesTest {

    private static final String INSIDE = "is retried inside the active transaction";
    private static final String ENDED = "which has been committed or rolled back";

    private enum Method {
        PLAIN,
        REQUIRED,
        REQUIRES_NEW,
        NESTED,
        AUDIT_REQUIRED,
        AUDIT_REQUIRES_NEW,
        AUDIT_NESTED;

        void call(TwoDatabases databases, Work work) throws Exception {
            switch (this) {
                case PLAIN -> databases.orders.plain(work);
                case REQUIRED -> databases.orders.required(work);
                case REQUIRES_NEW -> databases.orders.requiresNew(work);
                case NESTED -> databases.orders.nested(work);
                case AUDIT_REQUIRED -> databases.audit.required(work);
                case AUDIT_REQUIRES_NEW -> databases.audit.requiresNew(work);
                default -> databases.audit.nested(work);
            }
        }

        boolean isOfAudit() {
            return name().startsWith("AUDIT");
        }
    }

    /** The third attempt succeeds, and writes one row in the database of the method. */
    private static void callUntilItSucceeds(TwoDatabases databases, Method method) throws Exception {
        method.call(databases, () -> {
            databases.attempts++;
            if (method.isOfAudit()) {
                databases.insertAudit();
            } else if (method != Method.PLAIN) {
                databases.insertOrder();
            }
            databases.failTwice();
        });
    }

    @ParameterizedTest
    @EnumSource
    void call_outsideOfTransactions_isRepeated(Method method) throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.REFUSE);
                LogLines lines = new LogLines()) {
            callUntilItSucceeds(databases, method);
            assertThat(databases.attempts).isEqualTo(3);
            assertThat(databases.orderRows() + databases.auditRows()).isEqualTo(method == Method.PLAIN ? 0 : 1);
            assertThat(lines.containing("WARN")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PLAIN, true",
        "REQUIRED, true",
        "NESTED, true",
        "REQUIRES_NEW, false",
        "AUDIT_REQUIRED, false",
        "AUDIT_REQUIRES_NEW, false",
        "AUDIT_NESTED, false"
    })
    void call_insideATransactionOfTheOrders_isReportedIfItJoinsIt(Method method, boolean isInside) throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.WARN);
                LogLines lines = new LogLines()) {
            databases.orders.unretried(() -> {
                databases.insertAudit();
                assertThatThrownBy(() -> method.call(databases, () -> {
                            databases.attempts++;
                            throw new ConnectException("refused");
                        }))
                        .isInstanceOf(ConnectException.class);
            });
            assertThat(databases.attempts).isEqualTo(3);
            assertThat(lines.containing(INSIDE)).hasSize(isInside ? 1 : 0);
        } catch (UnexpectedRollbackException joined) {
            assertThat(method).isEqualTo(Method.REQUIRED);
        }
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.REFUSE)) {
            Work work = () -> callUntilItSucceeds(databases, method);
            if (isInside) {
                assertThatThrownBy(() -> databases.orders.unretried(work))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining(INSIDE);
            } else {
                databases.orders.unretried(work);
            }
            assertThat(databases.attempts).isEqualTo(isInside ? 0 : 3);
        }
    }

    /** Each phase after the end is outside of the transaction; only what joins it is refused. */
    @ParameterizedTest
    @CsvSource({
        "PLAIN, true",
        "REQUIRED, false",
        "NESTED, false",
        "REQUIRES_NEW, true",
        "AUDIT_REQUIRED, true",
        "AUDIT_REQUIRES_NEW, true",
        "AUDIT_NESTED, true"
    })
    void call_ofAListenerAfterTheEnd_isRepeatedUnlessItJoins(Method method, boolean isOutside) throws Exception {
        for (TransactionPhase phase : TransactionPhase.values()) {
            if (phase == TransactionPhase.BEFORE_COMMIT) {
                continue;
            }
            for (InsideTransaction choice : InsideTransaction.values()) {
                try (TwoDatabases databases = new TwoDatabases(choice);
                        LogLines lines = new LogLines()) {
                    Throwable[] failure = {null};
                    databases.publish(phase, () -> {
                        try {
                            callUntilItSucceeds(databases, method);
                        } catch (Exception thrown) {
                            failure[0] = thrown;
                        }
                    });
                    String cell = method + " " + phase + " " + choice;
                    boolean isRefused = !isOutside && choice == InsideTransaction.REFUSE;
                    assertThat(databases.attempts).as(cell).isEqualTo(isOutside ? 3 : isRefused ? 0 : 1);
                    assertThat(lines.containing("WARN")).as(cell).hasSize(isOutside || isRefused ? 0 : 1);
                    assertThat(lines.containing(ENDED)).as(cell).hasSize(isOutside || isRefused ? 0 : 1);
                    if (isRefused) {
                        assertThat(failure[0])
                                .as(cell)
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining(ENDED)
                                .hasMessageContaining("REQUIRES_NEW");
                    } else if (isOutside) {
                        assertThat(failure[0]).as(cell).isNull();
                        assertThat(databases.auditRows()).as(cell).isEqualTo(method.isOfAudit() ? 1 : 0);
                        assertThat(databases.orderRows())
                                .as(cell)
                                .isEqualTo((phase == TransactionPhase.AFTER_ROLLBACK ? 0 : 1)
                                        + (method == Method.REQUIRES_NEW ? 1 : 0));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"PLAIN, true", "REQUIRED, true", "NESTED, true", "REQUIRES_NEW, false", "AUDIT_REQUIRED, false"})
    void call_ofAListenerBeforeTheCommit_isInside(Method method, boolean isInside) throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.REFUSE)) {
            Work publication = () ->
                    databases.publish(TransactionPhase.BEFORE_COMMIT, () -> callUntilItSucceeds(databases, method));
            if (isInside) {
                assertThatThrownBy(publication::run).isInstanceOf(IllegalStateException.class);
            } else {
                publication.run();
            }
            assertThat(databases.attempts).isEqualTo(isInside ? 0 : 3);
            assertThat(databases.auditRows()).isEqualTo(method.isOfAudit() ? 1 : 0);
            assertThat(databases.orderRows()).isEqualTo(isInside ? 0 : method.isOfAudit() ? 1 : 2);
        }
    }

    @Test
    void call_ofAnAfterCommitCallback_isOutside() throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.REFUSE)) {
            databases.orders.unretried(() ->
                    TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                        @Override
                        public void afterCommit() {
                            try {
                                callUntilItSucceeds(databases, Method.PLAIN);
                            } catch (Exception failure) {
                                throw new IllegalStateException(failure);
                            }
                        }
                    }));
            assertThat(databases.attempts).isEqualTo(3);
        }
    }

    @Test
    void call_inANewTransactionOfAListener_isInsideOfThat() throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.WARN);
                LogLines lines = new LogLines()) {
            databases.publish(
                    TransactionPhase.AFTER_COMMIT,
                    () -> databases.orders.requiresNew(() -> databases.orders.required(() -> {})));
            assertThat(lines.containing(INSIDE)).hasSize(1);
            assertThat(lines.containing(ENDED)).isEmpty();
        }
    }

    @Test
    void call_afterTheEndOfAnInnerTransactionOfTheAudit_isInsideTheOrders() throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.WARN);
                LogLines lines = new LogLines()) {
            databases.orders.unretried(() -> databases.audit.unretried(() -> {
                databases.context.publishEvent(new TwoDatabases.Event(
                        TransactionPhase.AFTER_COMMIT, () -> databases.orders.required(() -> {})));
            }));
            assertThat(lines.containing(INSIDE)).hasSize(1);
        }
    }

    @Test
    void call_whileTheTransactionIsSuspended_isOutside() throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.REFUSE)) {
            databases.orders.unretried(() -> databases.orders.suspended(() -> {
                assertThat(databases.orderRows()).isZero();
                callUntilItSucceeds(databases, Method.REQUIRED);
            }));
            assertThat(databases.orderRows()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void retriedListener_afterTheCommit_isOutside(InsideTransaction choice) throws Exception {
        try (TwoDatabases databases = new TwoDatabases(choice);
                LogLines lines = new LogLines()) {
            databases.orders.unretried(() -> databases.context.publishEvent((Work) () -> {
                databases.attempts++;
                databases.failTwice();
            }));
            assertThat(databases.attempts).isEqualTo(3);
            assertThat(lines.containing("WARN")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void asynchronousListener_isOutside(InsideTransaction choice) throws Exception {
        try (TwoDatabases databases = new TwoDatabases(choice);
                LogLines lines = new LogLines()) {
            CompletableFuture<String> end = new CompletableFuture<>();
            databases.orders.unretried(() -> databases.context.publishEvent(new AsyncEvent(end, () -> {
                databases.attempts++;
                databases.insertOrder();
                databases.failTwice();
            })));
            assertThat(end.get(30, TimeUnit.SECONDS)).isEqualTo("done");
            assertThat(databases.attempts).isEqualTo(3);
            assertThat(lines.containing("WARN")).isEmpty();
        }
    }

    /** The audit of a failed attempt is committed, whatever becomes of the orders. */
    @ParameterizedTest
    @EnumSource(names = {"AUDIT_REQUIRED", "AUDIT_REQUIRES_NEW"})
    void failureAfterACommitOfTheAudit_isNotRepeated(Method audit) throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.WARN);
                LogLines lines = new LogLines()) {
            for (Method outer : new Method[] {Method.REQUIRED, Method.REQUIRES_NEW, Method.PLAIN}) {
                int before = databases.auditRows();
                assertThatThrownBy(() -> outer.call(databases, () -> {
                            databases.attempts++;
                            databases.insertOrder();
                            audit.call(databases, databases::insertAudit);
                            throw new ConnectException("refused");
                        }))
                        .isInstanceOf(ConnectException.class);
                assertThat(databases.auditRows() - before).as(outer.name()).isEqualTo(1);
            }
            assertThat(lines.containing("failed after a transaction of the attempt was committed"))
                    .hasSize(3);
        }
    }

    @Test
    void failureAfterACommitOfTheAuditThatIsNotRetriedItself_isNotRepeated() throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.WARN)) {
            assertThatThrownBy(() -> databases.orders.required(() -> {
                        databases.audit.unretried(databases::insertAudit);
                        throw new ConnectException("refused");
                    }))
                    .isInstanceOf(ConnectException.class);
            assertThat(databases.auditRows()).isEqualTo(1);
        }
    }

    @Test
    void failureAfterASavepoint_isRepeated() throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.WARN)) {
            databases.orders.unretried(() -> databases.orders.plain(() -> {
                databases.attempts++;
                databases.orders.savepoint(() -> {});
                databases.failTwice();
            }));
            assertThat(databases.attempts).isEqualTo(3);
        }
    }

    /** Spring does not roll back if a listener before the commit throws an exception of a transaction. */
    @Test
    void failureOfATransactionBeforeTheCommit_isNotRepeated() throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.WARN)) {
            assertThatThrownBy(() -> databases.orders.required(() -> {
                        databases.attempts++;
                        databases.insertOrder();
                        databases.context.publishEvent(new TwoDatabases.Event(TransactionPhase.BEFORE_COMMIT, () -> {
                            throw new CannotCreateTransactionException(
                                    "no connection", new ConnectException("refused"));
                        }));
                    }))
                    .isInstanceOf(CannotCreateTransactionException.class);
            assertThat(databases.orderRows()).isEqualTo(databases.attempts).isEqualTo(1);
        }
    }

    @Test
    void unexpectedRollbackBeforeTheCommit_isNotRepeated() throws Exception {
        try (TwoDatabases databases = new TwoDatabases(InsideTransaction.WARN)) {
            assertThatThrownBy(() -> databases.orders.required(() -> {
                        databases.attempts++;
                        databases.insertOrder();
                        databases.context.publishEvent(new TwoDatabases.Event(TransactionPhase.BEFORE_COMMIT, () -> {
                            throw new UnexpectedRollbackException("rolled back", new ConnectException("refused"));
                        }));
                    }))
                    .isInstanceOf(UnexpectedRollbackException.class);
            assertThat(databases.orderRows()).isEqualTo(databases.attempts).isEqualTo(1);
        }
    }
}
