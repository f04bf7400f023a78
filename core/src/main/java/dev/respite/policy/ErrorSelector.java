package dev.respite.policy;

import dev.respite.cause.CauseChain;
import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact;
import dev.respite.failure.FailureFact.GrpcCode;
import dev.respite.failure.FailureFact.HttpStatus;
import dev.respite.failure.FailureFact.SqlState;
import dev.respite.outcome.ErrorKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Values that are given for errors, found by the most special selector. The order is: the exception's class, its supertypes,
 * the facts that the exception states, the name of the kind, {@code any}. Facts are an HTTP status, a class of statuses, a vendor's
 * code of an SQLException, an SQLState or its beginning, and a gRPC code.
 *
 * <p>Classes are compared by name, once per class; nothing is loaded.
 *
 * @param <V> the values
 */
final class ErrorSelector<V> {

    /** No genuine chain is longer; a chain that runs in a circle ends here. */
    private static final int MAX_DEPTH = 1_000;

    private static final String[] STATUSES = {"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};

    private final Map<String, V> entries;
    private final List<Optional<V>> values = new ArrayList<>();
    private final ByClass byClass;
    private final boolean namesFacts;

    ErrorSelector(Map<String, V> given) {
        this.entries = new LinkedHashMap<>(given);
        Map<String, Integer> numbers = new LinkedHashMap<>();
        this.entries.forEach((selector, value) -> {
            if (SelectorSyntax.isClassName(selector)) {
                numbers.put(SelectorSyntax.className(selector), values.size());
                values.add(Optional.of(value));
            }
        });
        this.byClass = new ByClass(numbers);
        this.namesFacts = this.entries.keySet().stream().anyMatch(SelectorSyntax::isFact);
    }

    /** Returns whether rules for {@code throttled} hold for this kind. */
    static boolean isThrottling(ErrorKind kind) {
        return kind.name().equals(ErrorKind.THROTTLED.name()) || kind.name().equals("429");
    }

    Map<String, V> entries() {
        return entries;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Returns the value for the failure, or for the outermost cause that has one, by class or else by fact. */
    Optional<V> byFailure(Throwable failure) {
        Optional<V> found = values.isEmpty() ? Optional.empty() : byClass(failure);
        return found.isPresent() || !namesFacts ? found : byFacts(failure);
    }

    private Optional<V> byClass(Throwable failure) {
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < MAX_DEPTH; depth++) {
            if (!CauseChain.isWrapper(error) || error.getCause() == null) {
                int number = byClass.get(error.getClass());
                if (number >= 0) {
                    return values.get(number);
                }
            }
            error = error.getCause();
        }
        return Optional.empty();
    }

    private Optional<V> byFacts(Throwable failure) {
        @Nullable Throwable error = failure;
        for (int depth = 0; error != null && depth < MAX_DEPTH; depth++) {
            for (FailureFact fact : FactReader.read(error)) {
                @Nullable V found = byFact(fact);
                if (found != null) {
                    return Optional.of(found);
                }
            }
            error = error.getCause();
        }
        return Optional.empty();
    }

    private @Nullable V byFact(FailureFact fact) {
        if (fact instanceof HttpStatus status) {
            return byStatus(status.code(), ErrorKind.ofStatus(status.code()).name());
        }
        if (fact instanceof GrpcCode code) {
            return entries.get(SelectorSyntax.of(code));
        }
        return fact instanceof SqlState sql ? byState(sql) : null;
    }

    private @Nullable V byStatus(int status, String text) {
        @Nullable V found = entries.get(text);
        return found == null ? entries.get(STATUSES[status / 100]) : found;
    }

    /** The vendor's code, or the longest beginning of the state for which something was given. */
    private @Nullable V byState(SqlState sql) {
        @Nullable V byCode = entries.get(SelectorSyntax.SQL_CODE + sql.vendorCode());
        if (byCode != null) {
            return byCode;
        }
        String state = sql.state();
        for (int length = state.length(); length >= 2; length--) {
            @Nullable V found = entries.get(SelectorSyntax.SQL_STATE + state.substring(0, length));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** Returns the value for the kind: by status, class of statuses, name, or for any. */
    Optional<V> byKind(ErrorKind kind) {
        if (entries.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt status = kind.status();
        @Nullable V found = status.isPresent() ? byStatus(status.getAsInt(), kind.name()) : entries.get(kind.name());
        if (found == null && isThrottling(kind)) {
            found = entries.get(ErrorKind.THROTTLED.name());
        }
        return Optional.ofNullable(found == null ? entries.get(SelectorSyntax.ANY) : found);
    }

    /**
     * The number of the value of each class; -1 for none. An entry lives in the class that it is for and holds an
     * {@code Integer}, so neither its class loader nor ours is kept alive by it.
     */
    private static final class ByClass extends ClassValue<Integer> {

        private final Map<String, Integer> numbers;

        ByClass(Map<String, Integer> numbers) {
            this.numbers = numbers;
        }

        @Override
        protected Integer computeValue(Class<?> type) {
            for (@Nullable Class<?> c = type; c != null; c = c.getSuperclass()) {
                @Nullable Integer found = numbers.get(c.getName());
                if (found == null) {
                    found = ofInterfaces(c);
                }
                if (found != null) {
                    return found;
                }
            }
            return -1;
        }

        private @Nullable Integer ofInterfaces(Class<?> type) {
            for (Class<?> implemented : type.getInterfaces()) {
                @Nullable Integer found = numbers.get(implemented.getName());
                if (found == null) {
                    found = ofInterfaces(implemented);
                }
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ErrorSelector<?> selector && selector.entries.equals(entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }
}
