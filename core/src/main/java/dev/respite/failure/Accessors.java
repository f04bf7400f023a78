package dev.respite.failure;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds public methods of foreign classes by name, in any class loader, without any opened module. */
final class Accessors {

    private static final MethodType GENERIC = MethodType.methodType(Object.class, Object.class);

    private Accessors() {}

    /**
     * {@return the handle, from Object to Object, of a method, or of a path of methods, each called on the result of the one
     * before: {@code getStatusCode.value}} It is null if a method is missing or cannot be reached.
     */
    static @Nullable MethodHandle find(Class<?> type, String path) {
        try {
            @Nullable MethodHandle whole = null;
            Class<?> at = type;
            for (String name : path.split("\\.", -1)) {
                @Nullable MethodHandle next = method(at, name);
                if (next == null) {
                    return null;
                }
                at = next.type().returnType();
                whole = whole == null
                        ? next
                        : MethodHandles.filterReturnValue(
                                whole,
                                next.asType(next.type()
                                        .changeParameterType(0, whole.type().returnType())));
            }
            return whole == null ? null : whole.asType(GENERIC);
        } catch (RuntimeException | LinkageError unreachable) {
            return null;
        }
    }

    /** Calls a method that was found. */
    @SuppressWarnings("NullAway") // a foreign method may return null
    static Object call(MethodHandle accessor, Object target) throws Throwable {
        return (Object) accessor.invokeExact(target);
    }

    /** Finds the method in the type itself, or in the nearest supertype that is public and exported. */
    private static @Nullable MethodHandle method(Class<?> type, String name) {
        for (Class<?> candidate : supertypes(type)) {
            @Nullable MethodHandle found = reachable(candidate, name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable MethodHandle reachable(Class<?> type, String name) {
        try {
            return MethodHandles.publicLookup().unreflect(type.getMethod(name));
        } catch (NoSuchMethodException | IllegalAccessException missing) {
            return null;
        }
    }

    private static List<Class<?>> supertypes(Class<?> type) {
        List<Class<?>> all = new ArrayList<>();
        for (@Nullable Class<?> c = type; c != null; c = c.getSuperclass()) {
            all.add(c);
        }
        for (int i = 0; i < all.size(); i++) {
            all.addAll(List.of(all.get(i).getInterfaces()));
        }
        return all;
    }
}
