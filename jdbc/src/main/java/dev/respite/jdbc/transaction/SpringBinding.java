package dev.respite.jdbc.transaction;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The connections that Spring has bound to the thread, if Spring is there. */
final class SpringBinding {

    private static final String PACKAGE = "org.springframework.jdbc.datasource.";

    private static final @Nullable SpringBinding SPRING = find();

    /** More proxies are not unwrapped. */
    private static final int MAX_DEPTH = 10;

    private final Class<?> delegating;
    private final Class<?> transactionAware;
    private final MethodHandle target;
    private final MethodHandle resource;

    private SpringBinding(Class<?> delegating, Class<?> transactionAware, MethodHandle target, MethodHandle resource) {
        this.delegating = delegating;
        this.transactionAware = transactionAware;
        this.target = target;
        this.resource = resource;
    }

    private static @Nullable SpringBinding find() {
        try {
            ClassLoader loader = SpringBinding.class.getClassLoader();
            Class<?> delegating = Class.forName(PACKAGE + "DelegatingDataSource", false, loader);
            Class<?> manager = Class.forName(
                    "org.springframework.transaction.support.TransactionSynchronizationManager", false, loader);
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            return new SpringBinding(
                    delegating,
                    Class.forName(PACKAGE + "TransactionAwareDataSourceProxy", false, loader),
                    lookup.findVirtual(delegating, "getTargetDataSource", MethodType.methodType(DataSource.class)),
                    lookup.findStatic(manager, "getResource", MethodType.methodType(Object.class, Object.class)));
        } catch (ReflectiveOperationException | LinkageError absent) {
            return null;
        }
    }

    /** Returns whether connections of a data source are the one that is bound to this thread. */
    static boolean isBound(DataSource dataSource) {
        return SPRING != null && SPRING.isBoundTo(dataSource);
    }

    private boolean isBoundTo(DataSource dataSource) {
        try {
            @Nullable Object at = dataSource;
            for (int depth = 0; depth < MAX_DEPTH && delegating.isInstance(at); depth++) {
                @Nullable Object next = target.invoke(at);
                if (next != null && transactionAware.isInstance(at) && resource.invoke(next) != null) {
                    return true;
                }
                at = next;
            }
            return false;
        } catch (Throwable bug) {
            // The methods read a field and a thread-local: they throw nothing.
            return false;
        }
    }
}
