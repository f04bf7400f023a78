package dev.respite.idempotency.http;

import java.util.Set;

/** The requirement of an idempotency key for a request. */
public enum KeyRequirement {

    /** A request without a key is rejected. */
    REQUIRED,

    /** A request with a key runs once; a request without a key runs each time. */
    OPTIONAL,

    /** The key is ignored. */
    IGNORED;

    /** Determines the requirement for each request. Safe for use by any number of threads. */
    @FunctionalInterface
    public interface Rule {

        /**
         * Returns whether a request must have a key.
         *
         * @param method the method
         * @param path the {@linkplain HttpHead#normalizedPath() normalized path}, without the query
         * @return the requirement
         */
        KeyRequirement requirementFor(String method, String path);
    }

    /**
     * Requires a key for some methods and ignores keys of the others.
     *
     * @param methods the methods, for example {@code POST}
     * @return the rule
     */
    public static Rule requiredFor(String... methods) {
        return with(Set.of(methods), REQUIRED);
    }

    /**
     * Accepts a key for some methods and ignores keys of the others.
     *
     * @param methods the methods, for example {@code POST}
     * @return the rule
     */
    public static Rule optionalFor(String... methods) {
        return with(Set.of(methods), OPTIONAL);
    }

    private static Rule with(Set<String> methods, KeyRequirement requirement) {
        return (method, path) -> methods.contains(method) ? requirement : IGNORED;
    }
}
