package dev.respite.spring.boot.idempotency;

import static dev.respite.spring.boot.idempotency.AnnotatedMethods.require;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.IdempotentCall;
import dev.respite.idempotency.IdempotentResult;
import dev.respite.idempotency.OutcomeUnknownException;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.TransactionRunner;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.store.StoredResponse;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.AnnotationTransactionAttributeSource;
import org.springframework.transaction.interceptor.DefaultTransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ReflectionUtils;
import org.springframework.util.StringUtils;
import tools.jackson.databind.json.JsonMapper;

/** Runs the calls of a method once for each key, in transactions that its {@code @Transactional} defines and joins. */
record IdempotentMethod(
        String name,
        Scope scope,
        MethodArguments arguments,
        MethodResults results,
        TransactionalIdempotency idempotency) {

    private static final Set<Integer> JOINING = Set.of(
            TransactionDefinition.PROPAGATION_REQUIRED,
            TransactionDefinition.PROPAGATION_SUPPORTS,
            TransactionDefinition.PROPAGATION_NESTED);

    private static final Map<IdempotentResult.Reason, String> REJECTED = Map.of(
            IdempotentResult.Reason.MISMATCH,
            "its key was used with other arguments: use another key, or select by 'fingerprint' what is equal in all attempts",
            IdempotentResult.Reason.EXPIRED,
            "its key is older than the retention of records, and may have run: retain them for longer than callers retry",
            IdempotentResult.Reason.KEY_FROM_FUTURE,
            "the time in its key is in the future: correct the clock of callers",
            IdempotentResult.Reason.OVER_QUOTA,
            "there are too many records: raise their maximum, or purge them");

    /** Creates a method of a class; rejects those that cannot work. */
    static IdempotentMethod of(Method method, Class<?> type, ConfigurableListableBeanFactory beans) {
        Idempotent annotation =
                Objects.requireNonNull(AnnotatedElementUtils.findMergedAnnotation(method, Idempotent.class));
        Idempotency<?> found = beans.getBean(IdempotencySetup.class).idempotency(annotation.retention(), beans);
        require(
                found instanceof TransactionalIdempotency,
                "its record would be apart from its effect: keep records in the database of the application, by"
                        + " respite-idempotency-jdbc, or call Idempotency.execute in the method");
        TransactionalIdempotency idempotency = (TransactionalIdempotency) found;
        TransactionAttributeSource source = beans.getBeanProvider(TransactionAttributeSource.class)
                .getIfUnique(() -> new AnnotationTransactionAttributeSource(false));
        @Nullable TransactionAttribute declared = source.getTransactionAttribute(method, type);
        TransactionAttribute definition = declared == null ? new DefaultTransactionAttribute() : declared;
        require(
                JOINING.contains(definition.getPropagationBehavior()) && !definition.isReadOnly(),
                "its effect would not be in the transaction of the record, since it has " + definition
                        + ": use @Transactional with REQUIRED and without readOnly");
        if (beans.getBeanProvider(TransactionRunner.class).getIfAvailable() instanceof SpringTransactionRunner runner) {
            TransactionTemplate template = new TransactionTemplate(
                    Objects.requireNonNull(runner.template().getTransactionManager()), definition);
            @Nullable String manager = definition.getQualifier();
            if (StringUtils.hasText(manager)) {
                template.setTransactionManager(BeanFactoryAnnotationUtils.qualifiedBeanOfType(
                        beans, PlatformTransactionManager.class, manager));
            }
            template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRED);
            template.setName(type.getName() + "." + method.getName());
            idempotency = idempotency.withTransactions(new SpringTransactionRunner(template, runner.dataSource()));
        }
        JsonMapper mapper = beans.getBean(JsonMapper.class);
        return new IdempotentMethod(
                type.getSimpleName() + "." + method.getName(),
                Scope.of(type.getName()),
                new MethodArguments(method, annotation, mapper),
                MethodResults.of(method, type, mapper),
                idempotency.withLongResponsesRejected());
    }

    @Nullable
    Object invoke(ProxyMethodInvocation invocation) throws Throwable {
        Optional<IdempotencyKey> key = arguments.key(invocation.getArguments());
        if (key.isEmpty()) {
            return invocation.proceed();
        }
        require(
                !TransactionSynchronizationManager.isActualTransactionActive(),
                name + " has a key and was called in a transaction, which it could not commit: call it outside of "
                        + TransactionSynchronizationManager.getCurrentTransactionName());
        IdempotentCall call =
                new IdempotentCall(scope, name, key.get(), arguments.fingerprints(invocation.getArguments()));
        AtomicReference<@Nullable Object> returned = new AtomicReference<>();
        IdempotentResult result = idempotency.execute(call, connection -> {
            returned.set(proceed(invocation));
            return StoredResponse.of(results.write(returned.get()));
        });
        if (result instanceof IdempotentResult.Executed) {
            return returned.get();
        }
        if (result instanceof IdempotentResult.Replayed replayed) {
            return results.read(replayed.response());
        }
        throw failure(result);
    }

    /** A transaction may be run again, and an invocation proceeds once. */
    private @Nullable Object proceed(ProxyMethodInvocation invocation) throws Exception {
        require(
                TransactionSynchronizationManager.isActualTransactionActive(),
                "the record of " + name
                        + " is in no transaction of Spring: define a bean of the type TransactionRunner");
        try {
            return invocation.invocableClone().proceed();
        } catch (Throwable failure) {
            ReflectionUtils.rethrowException(failure);
            throw new AssertionError(failure);
        }
    }

    private RuntimeException failure(IdempotentResult result) {
        if (result instanceof IdempotentResult.InProgress running) {
            return new CannotAcquireLockException(
                    "a call of " + name + " with this key is running, or its outcome cannot be"
                            + " read yet: call again with the same key in " + running.retryAfter());
        }
        if (result instanceof IdempotentResult.Unknown unknown) {
            return new OutcomeUnknownException("it is unknown whether a call of " + name
                    + " with this key took effect: resolve the record " + unknown.key());
        }
        return new IllegalStateException("this call of " + name + " did not run: "
                + REJECTED.get(((IdempotentResult.Rejected) result).reason()));
    }
}
