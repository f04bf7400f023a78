package dev.respite.spring;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.Retry;
import dev.respite.call.RepeatGuard;
import java.lang.reflect.Method;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionManager;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Reports retries inside a transaction that their attempts would join, and watches the commits of attempts. */
final class SpringTransactionGuard implements TransactionGuard {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final InsideTransaction choice;

    /** Null if there are no methods. */
    private final @Nullable ManagerLookup managers;

    /** The names of the methods that have been logged. */
    private final Set<String> insideLogged = ConcurrentHashMap.newKeySet();

    private final Set<String> committedLogged = ConcurrentHashMap.newKeySet();

    private SpringTransactionGuard(InsideTransaction choice, @Nullable ManagerLookup managers) {
        this.choice = choice;
        this.managers = managers;
    }

    static SpringTransactionGuard ofMethods(InsideTransaction choice, BeanFactory beans) {
        return new SpringTransactionGuard(choice, new ManagerLookup(beans));
    }

    static SpringTransactionGuard ofTemplates(InsideTransaction choice) {
        return new SpringTransactionGuard(choice, null);
    }

    /** Listens to a bean if it is a transaction manager. A reactive one ends its transactions on other threads. */
    static void observeManager(Object bean) {
        if (bean instanceof ConfigurableTransactionManager manager && bean instanceof PlatformTransactionManager) {
            CommitListener.addTo(manager);
        }
    }

    @Override
    public Attempts begin(RetriedMethod method, Retry retry) {
        return begin(method.name(), joined(method.method()), retry, method.idempotent());
    }

    private JoinedTransaction joined(Method method) {
        @Nullable ManagerLookup lookup = managers;
        @Nullable TransactionAttribute attribute = lookup == null ? null : lookup.attribute(method);
        if (lookup == null || attribute == null) {
            // What it does need not join anything, but it lasts as long as a transaction that it is called in.
            JoinedTransaction around = JoinedTransaction.ofAny();
            return around == JoinedTransaction.ENDED ? JoinedTransaction.NONE : around;
        }
        return joined(attribute, () -> lookup.manager(attribute, method));
    }

    /** A call begins that makes transactions of a template. */
    Attempts begin(TransactionTemplate template, Retry retry, boolean isIdempotent) {
        String name = "a transaction under the retry '" + retry.name() + "'";
        return begin(name, joined(template, template::getTransactionManager), retry, isIdempotent);
    }

    private Attempts begin(String name, JoinedTransaction joined, Retry retry, boolean isIdempotent) {
        if (joined == JoinedTransaction.ACTIVE) {
            report(
                    name,
                    " is retried inside the active transaction '"
                            + TransactionSynchronizationManager.getCurrentTransactionName()
                            + "': all attempts are part of it, what a failed attempt wrote stays in it, and the delays"
                            + " hold its connection. Retry the outer transaction instead, or make this call outside of it");
        } else if (joined == JoinedTransaction.ENDED) {
            report(
                    name,
                    " joins the transaction '" + TransactionSynchronizationManager.getCurrentTransactionName()
                            + "', which has been committed or rolled back: Spring neither commits nor rolls back what"
                            + " joins it now, so a failed attempt is not made again. Use the propagation REQUIRES_NEW");
        }
        if (isIdempotent) {
            return Attempts.unwatched(RepeatGuard.withRepetitionPermitted(retry));
        }
        RepeatGuard guard = RepeatGuard.of(retry);
        if (joined == JoinedTransaction.ENDED) {
            guard.forbid();
        }
        return new WatchedAttempts(guard, () -> reportCommitted(name));
    }

    private static JoinedTransaction joined(
            TransactionDefinition definition, Supplier<@Nullable TransactionManager> manager) {
        switch (definition.getPropagationBehavior()) {
            case TransactionDefinition.PROPAGATION_REQUIRES_NEW,
                    TransactionDefinition.PROPAGATION_NOT_SUPPORTED,
                    TransactionDefinition.PROPAGATION_NEVER -> {
                return JoinedTransaction.NONE;
            }
            default -> {
                @Nullable TransactionManager found = manager.get();
                return found == null ? JoinedTransaction.ofAny() : JoinedTransaction.of(found);
            }
        }
    }

    private void report(String name, String reason) {
        if (choice == InsideTransaction.REFUSE) {
            // Not an exception of a transaction: for such a one before a commit, Spring does not roll back.
            throw new IllegalStateException(name + reason);
        }
        if (insideLogged.add(name)) {
            LOGGER.log(WARNING, () -> name + reason + ". Not logged again.");
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
