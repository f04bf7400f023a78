package dev.respite.spring;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.Retry;
import dev.respite.call.RepeatGuard;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Reports retries inside a transaction, and watches the commits of attempts. */
final class SpringTransactionGuard implements TransactionGuard {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final InsideTransaction choice;
    private final AnnotationTransactionAttributeSource attributes = new AnnotationTransactionAttributeSource(false);

    /** The names of the methods that have been logged. */
    private final Set<String> insideLogged = ConcurrentHashMap.newKeySet();

    private final Set<String> committedLogged = ConcurrentHashMap.newKeySet();

    SpringTransactionGuard(InsideTransaction choice) {
        this.choice = choice;
    }

    /** Listens to a bean if it is a transaction manager. */
    static void observeManager(Object bean) {
        if (bean instanceof ConfigurableTransactionManager manager) {
            CommitListener.addTo(manager);
        }
    }

    @Override
    public Attempts begin(RetriedMethod method, Retry retry) {
        if (TransactionSynchronizationManager.isActualTransactionActive() && !leavesTransaction(method.method())) {
            reportInside(method.name());
        }
        return watched(method.name(), retry, method.idempotent());
    }

    /** A call begins that makes transactions of this definition. */
    Attempts begin(TransactionDefinition definition, Retry retry, boolean isIdempotent) {
        String name = "a transaction under the retry '" + retry.name() + "'";
        if (TransactionSynchronizationManager.isActualTransactionActive() && !leavesTransaction(definition)) {
            reportInside(name);
        }
        return watched(name, retry, isIdempotent);
    }

    private Attempts watched(String name, Retry retry, boolean isIdempotent) {
        return isIdempotent
                ? Attempts.unwatched(RepeatGuard.withRepetitionPermitted(retry))
                : new WatchedAttempts(retry, () -> reportCommitted(name));
    }

    private boolean leavesTransaction(Method method) {
        @Nullable
        TransactionAttribute attribute = attributes.getTransactionAttribute(method, method.getDeclaringClass());
        return attribute != null && leavesTransaction(attribute);
    }

    /** Returns whether a transaction of this definition does not take part in an active one. */
    private static boolean leavesTransaction(TransactionDefinition definition) {
        return switch (definition.getPropagationBehavior()) {
            case TransactionDefinition.PROPAGATION_REQUIRES_NEW,
                    TransactionDefinition.PROPAGATION_NOT_SUPPORTED,
                    TransactionDefinition.PROPAGATION_NEVER -> true;
            default -> false;
        };
    }

    private void reportInside(String name) {
        if (choice == InsideTransaction.WARN && insideLogged.contains(name)) {
            return;
        }
        String problem = name + " is retried inside the active transaction '"
                + TransactionSynchronizationManager.getCurrentTransactionName()
                + "': all attempts are part of it, what a failed attempt wrote stays in it, and the delays hold its"
                + " connection. Retry the outer transaction instead, or make this call outside of it";
        if (choice == InsideTransaction.REFUSE) {
            throw new IllegalTransactionStateException(problem);
        }
        if (insideLogged.add(name)) {
            LOGGER.log(WARNING, () -> problem + ". Not logged again.");
        }
    }

    private void reportCommitted(String name) {
        if (committedLogged.add(name)) {
            LOGGER.log(
                    WARNING,
                    () -> name + " failed after a transaction of the attempt was committed, so the attempt is not made"
                            + " again. Retry the transaction itself instead, or declare the work idempotent if a"
                            + " repetition does no harm. Not logged again.");
        }
    }
}
