package dev.respite.idempotency.http;

import java.util.Set;

/** Whether a request has to have a key. */
public enum Demand {

    /** Without a key it is refused. */
    REQUIRED,

    /** With a key it happens once, without one as often as it comes. */
    OPTIONAL,

    /** A key is not looked at. */
    IGNORED;

    /** Says of each request what is demanded of it. Safe for use by any number of threads. */
    @FunctionalInterface
    public interface Rule {

        /**
         * Whether a request has to have a key.
         *
         * @param method the method
         * @param path the {@linkplain HttpHead#normalizedPath() normalized path}, without the query
         * @return what is demanded
         */
        Demand of(String method, String path);
    }

    /**
     * A key is required with some methods, and not looked at with the others.
     *
     * @param methods the methods, {@code POST} for example
     * @return the rule
     */
    public static Rule requiredWith(String... methods) {
        return with(Set.of(methods), REQUIRED);
    }

    /**
     * A key may come with some methods, and is not looked at with the others.
     *
     * @param methods the methods, {@code POST} for example
     * @return the rule
     */
    public static Rule optionalWith(String... methods) {
        return with(Set.of(methods), OPTIONAL);
    }

    private static Rule with(Set<String> methods, Demand demand) {
        return (method, path) -> methods.contains(method) ? demand : IGNORED;
    }
}
