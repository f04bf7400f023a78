package dev.respite;

/** Throws any throwable, declared or not, as code that was compiled from other languages does. */
final class SneakyThrow {

    private SneakyThrow() {}

    /** Never returns; so {@code throw raise(…)} shows the compiler what happens. */
    static RuntimeException raise(Throwable error) {
        SneakyThrow.<RuntimeException>throwAs(error);
        throw new AssertionError(error);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void throwAs(Throwable error) throws E {
        throw (E) error;
    }
}
