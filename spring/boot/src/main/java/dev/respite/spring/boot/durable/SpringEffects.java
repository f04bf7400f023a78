package dev.respite.spring.boot.durable;

import dev.respite.durable.DurableContext;
import dev.respite.durable.EffectRunner;
import dev.respite.spring.boot.setup.SpringTransactions;
import javax.sql.DataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;

/** Runs effects in transactions of Spring, which {@code JdbcTemplate}, repositories and {@code @Transactional} methods join. */
record SpringEffects(PlatformTransactionManager manager, DataSource dataSource) implements EffectRunner {

    @Override
    public boolean run(DurableContext context, byte[] stored, Effect effect) throws Exception {
        TransactionStatus status = manager.getTransaction(null);
        try {
            effect.run(
                    SpringTransactions.connection(
                            dataSource,
                            "the transaction manager " + manager + " does not manage connections of the data source "
                                    + dataSource
                                    + ", so the effect and the end of its call are not in one transaction: make the transaction"
                                    + " manager of this data source the primary one, or define a bean of the type EffectRunner"));
            if (status.isRollbackOnly()) {
                throw new UnexpectedRollbackException("the effect of call '" + context.id() + "' of task '"
                        + context.task() + "' was not committed, since its transaction was marked as rollback-only");
            }
        } catch (Throwable failure) {
            rollback(status, failure);
            throw failure;
        }
        manager.commit(status);
        return true;
    }

    /** The failure of the handler decides about the retry, not the failure of the rollback. */
    private void rollback(TransactionStatus status, Throwable failure) {
        try {
            manager.rollback(status);
        } catch (TransactionException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }
}
