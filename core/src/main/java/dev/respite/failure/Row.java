package dev.respite.failure;

import dev.respite.failure.FailureFact.Condition;
import dev.respite.failure.FailureFact.HttpStatus;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A row of the table: the facts of one class and, unless it is exact, of its subclasses.
 *
 * @param type the full name of the class
 * @param exact whether it is valid for this class only: a subclass has its own meaning
 * @param paths the accessors that the reading needs; without one of them the class states nothing
 * @param reading from the throwable, and its accessors in this order, to its facts
 */
record Row(String type, boolean exact, List<String> paths, Reading reading) {

    /** Every status as the only fact of a throwable. */
    private static final List<List<FailureFact>> STATUSES = IntStream.rangeClosed(100, 599)
            .<List<FailureFact>>mapToObj(code -> List.of(new HttpStatus(code)))
            .toList();

    Row(String type, List<String> paths, Reading reading) {
        this(type, false, paths, reading);
    }

    /** From a throwable to its facts. */
    @FunctionalInterface
    interface Reading {
        List<FailureFact> of(Throwable failure, MethodHandle[] accessors) throws Throwable;
    }

    /** A class that always states the same. */
    static Row of(String type, Condition fact) {
        List<FailureFact> facts = List.of(fact);
        return new Row(type, List.of(), (failure, accessors) -> facts);
    }

    /** A class whose instances differ by what the JDK's own methods return. */
    static Row of(String type, Function<Throwable, List<FailureFact>> reading) {
        return new Row(type, List.of(), (failure, accessors) -> reading.apply(failure));
    }

    /** A class whose instances differ by their message, and whose subclasses say more than it. */
    static Row exactly(String type, Function<Throwable, List<FailureFact>> reading) {
        return new Row(type, true, List.of(), (failure, accessors) -> reading.apply(failure));
    }

    /** A class that has an HTTP status, as a number at the end of the path. */
    static Row status(String type, String path) {
        return new Row(type, List.of(path), (failure, accessors) -> status(number(accessors[0], failure)));
    }

    List<FailureFact> read(Throwable failure, MethodHandle[] accessors) throws Throwable {
        return reading.of(failure, accessors);
    }

    /**
     * The fact of a status; none for a number that is not a status, as clients use it for "no response". A success is no fact either:
     * something else has failed, such as the connection while the body was read.
     */
    static List<FailureFact> status(int code) {
        return HttpStatus.isValid(code) && code / 100 != 2 ? STATUSES.get(code - 100) : List.of();
    }

    static int number(MethodHandle accessor, Throwable failure) throws Throwable {
        return Accessors.call(accessor, failure) instanceof Number number ? number.intValue() : 0;
    }

    static boolean isTrue(MethodHandle accessor, Throwable failure) throws Throwable {
        return Boolean.TRUE.equals(Accessors.call(accessor, failure));
    }

    /** The value as text; empty for null. */
    static String text(MethodHandle accessor, Throwable failure) throws Throwable {
        Object value = Accessors.call(accessor, failure);
        return value == null ? "" : value.toString();
    }

    static @Nullable Throwable throwable(MethodHandle accessor, Throwable failure) throws Throwable {
        return Accessors.call(accessor, failure) instanceof Throwable error ? error : null;
    }
}
