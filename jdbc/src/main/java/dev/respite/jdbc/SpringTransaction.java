package dev.respite.jdbc;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The transaction that Spring has bound to the thread, if Spring is there. */
final class SpringTransaction {

    private static final String MANAGER = "org.springframework.transaction.support.TransactionSynchronizationManager";

    private static final @Nullable Class<?> TRANSACTIONS = find();

    private SpringTransaction() {}

    private static @Nullable Class<?> find() {
        try {
            return Class.forName(MANAGER, false, SpringTransaction.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError absent) {
            return null;
        }
    }

    /**
     * Returns whether a transaction is active that may be of a data source. One that has ended, and runs what was registered for
     * its end, has no synchronization. One with connections of other data sources only is of another database.
     */
    static boolean isActive(DataSource dataSource) {
        if (TRANSACTIONS == null
                || !(boolean) call("isActualTransactionActive", boolean.class)
                || !(boolean) call("isSynchronizationActive", boolean.class)) {
            return false;
        }
        List<Object> bound = ((Map<?, ?>) call("getResourceMap", Map.class))
                .keySet().stream()
                        .filter(DataSource.class::isInstance)
                        .map(SpringTransaction::plain)
                        .toList();
        return bound.isEmpty() || bound.contains(plain(dataSource));
    }

    private static Object call(String method, Class<?> type) {
        try {
            return MethodHandles.publicLookup()
                    .findStatic(Objects.requireNonNull(TRANSACTIONS), method, MethodType.methodType(type))
                    .invoke();
        } catch (Throwable bug) {
            // The methods read thread-locals: they throw nothing.
            throw new IllegalStateException(bug);
        }
    }

    /** Returns the data source behind Spring's proxies, which transactions may be bound to. */
    private static Object plain(Object dataSource) {
        try {
            @Nullable
            Object target =
                    dataSource.getClass().getMethod("getTargetDataSource").invoke(dataSource);
            return target == null ? dataSource : plain(target);
        } catch (ReflectiveOperationException | RuntimeException noProxy) {
            return dataSource;
        }
    }
}
