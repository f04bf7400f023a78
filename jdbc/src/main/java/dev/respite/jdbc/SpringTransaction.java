package dev.respite.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** The transaction that Spring has bound to the thread, if Spring is there. */
final class SpringTransaction {

    private static final String MANAGER = "org.springframework.transaction.support.TransactionSynchronizationManager";

    private static final @Nullable MethodHandle IS_ACTIVE = find();

    private SpringTransaction() {}

    private static @Nullable MethodHandle find() {
        try {
            Class<?> manager = Class.forName(MANAGER, false, SpringTransaction.class.getClassLoader());
            return MethodHandles.publicLookup()
                    .findStatic(manager, "isActualTransactionActive", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException | LinkageError absent) {
            return null;
        }
    }

    static boolean isActive() {
        if (IS_ACTIVE == null) {
            return false;
        }
        try {
            return (boolean) IS_ACTIVE.invokeExact();
        } catch (Throwable bug) {
            // The method reads a thread-local: it throws nothing.
            return false;
        }
    }
}
