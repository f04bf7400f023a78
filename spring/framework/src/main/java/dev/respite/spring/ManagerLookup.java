package dev.respite.spring;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionAspectSupport;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionInterceptor;

/** Finds the transactions of methods and their managers by the rules of Spring's own interceptor, which it extends for that. */
final class ManagerLookup extends TransactionAspectSupport {

    private final TransactionAttributeSource source;

    ManagerLookup(BeanFactory beans) {
        setBeanFactory(beans);
        @Nullable
        TransactionInterceptor interceptor =
                beans.getBeanProvider(TransactionInterceptor.class).getIfUnique();
        @Nullable
        TransactionAttributeSource declared = interceptor == null ? null : interceptor.getTransactionAttributeSource();
        source = declared == null ? new AnnotationTransactionAttributeSource(false) : declared;
        if (interceptor != null) {
            setTransactionManager(interceptor.getTransactionManager());
        }
    }

    /** Returns the definition of the transaction of a method; null if it has none. */
    @Nullable
    TransactionAttribute attribute(Method method) {
        return source.getTransactionAttribute(method, method.getDeclaringClass());
    }

    /** Returns the manager of a transaction; null if there is no such bean, or several. */
    @Nullable
    TransactionManager manager(TransactionAttribute attribute, Method method) {
        try {
            return determineTransactionManager(attribute, method.getDeclaringClass());
        } catch (BeansException missing) {
            return null;
        }
    }
}
