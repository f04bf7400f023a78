package dev.respite.spring;

import dev.respite.Retry;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.util.ClassUtils;

/** The rules of retried methods for transactions. */
@FunctionalInterface
interface TransactionGuard {

    /** For an application without Spring's transactions. */
    TransactionGuard NONE = (method, retry) -> Attempts.unwatched(retry);

    /** True if Spring's transactions are on the class path. */
    boolean IS_NEEDED = ClassUtils.isPresent(
            "org.springframework.transaction.ConfigurableTransactionManager", TransactionGuard.class.getClassLoader());

    /** The guard for this class path. */
    static TransactionGuard create(InsideTransaction choice, BeanFactory beans) {
        return IS_NEEDED ? SpringTransactionGuard.ofMethods(choice, beans) : NONE;
    }

    /** Listens to a bean if it is a transaction manager. */
    static void observe(Object bean) {
        if (IS_NEEDED) {
            SpringTransactionGuard.observeManager(bean);
        }
    }

    /** A call begins: reports or refuses an active transaction. */
    Attempts begin(RetriedMethod method, Retry retry);
}
