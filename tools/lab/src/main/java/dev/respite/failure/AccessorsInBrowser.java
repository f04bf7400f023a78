package dev.respite.failure;

import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/** {@link Accessors} without reflection: no method of a foreign class is found. None of these classes is there. */
final class AccessorsInBrowser {

    private AccessorsInBrowser() {}

    static @Nullable MethodHandle find(Class<?> type, String path) {
        return null;
    }

    @SuppressWarnings("DoNotCallSuggester") // it stands for a method that returns
    static Object call(MethodHandle accessor, Object target) {
        throw new AssertionError("no accessor has been found");
    }
}
