package dev.respite.idempotency.http;

import java.util.Set;
import java.util.function.BiFunction;

/** Defines the treatment of a request with or without an idempotency key: key required, optional or ignored. */
public enum KeyRequirement {

    /** A request without a key is rejected. */
    REQUIRED,

    /** A request with a key runs once; a request without a key runs each time. */
    OPTIONAL,

    /** The key is ignored. */
    IGNORED;

    /**
     * Requires a key for some methods and ignores keys of the others.
     *
     * @param methods the methods, for example {@code POST}
     * @return the rule, for {@link HttpGuard#withKeyRequirement}
     */
    public static BiFunction<String, String, KeyRequirement> requiredFor(String... methods) {
        return with(Set.of(methods), REQUIRED);
    }

    /**
     * Accepts a key for some methods and ignores keys of the others.
     *
     * @param methods the methods, for example {@code POST}
     * @return the rule, for {@link HttpGuard#withKeyRequirement}
     */
    public static BiFunction<String, String, KeyRequirement> optionalFor(String... methods) {
        return with(Set.of(methods), OPTIONAL);
    }

    private static BiFunction<String, String, KeyRequirement> with(Set<String> methods, KeyRequirement requirement) {
        return (method, path) -> methods.contains(method) ? requirement : IGNORED;
    }
}
