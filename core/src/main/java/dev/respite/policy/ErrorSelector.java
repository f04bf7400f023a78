package dev.respite.policy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Things that were said of errors, found by the most special selector: the exception's class, its supertypes, the HTTP
 * status, the class of statuses ({@code 5xx}), the name of the kind, {@code any}.
 *
 * <p>Classes are compared by name, as text; nothing is loaded.
 *
 * @param <V> what was said
 */
final class ErrorSelector<V> {

    /** The least special selector. */
    static final String ANY = "any";

    private static final int LONGEST = 500;
    private static final Pattern STATUS = Pattern.compile("[1-5][0-9][0-9]");
    private static final Pattern STATUSES = Pattern.compile("[1-5]xx");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    private final Map<String, V> said;

    ErrorSelector(Map<String, V> said) {
        this.said = new LinkedHashMap<>(said);
    }

    /** Refuses a text that selects nothing. */
    static String check(String key, String selector) {
        boolean known = isClassName(selector)
                || STATUS.matcher(selector).matches()
                || STATUSES.matcher(selector).matches()
                || NAME.matcher(selector).matches();
        if (!known) {
            throw InvalidPolicyException.of(
                    key,
                    selector,
                    "names no error; write a full class name (java.net.SocketTimeoutException), a status (503), a class"
                            + " of statuses (5xx), a name (timeout) or any");
        }
        return selector;
    }

    /** Identifiers with points between them; at least one point, since a name without is the name of a kind. */
    private static boolean isClassName(String selector) {
        if (selector.length() > LONGEST || selector.indexOf('.') < 0) {
            return false;
        }
        boolean starts = true;
        for (int i = 0; i < selector.length(); i++) {
            char c = selector.charAt(i);
            if (starts ? !Character.isJavaIdentifierStart(c) : c != '.' && !Character.isJavaIdentifierPart(c)) {
                return false;
            }
            starts = c == '.';
        }
        return !starts;
    }

    /** Whether rules for {@code throttled} hold for this kind. */
    static boolean isThrottling(ErrorKind kind) {
        return kind.name().equals(ErrorKind.THROTTLED.name()) || kind.name().equals("429");
    }

    Map<String, V> said() {
        return said;
    }

    boolean isEmpty() {
        return said.isEmpty();
    }

    /** What was said of the failure's class or of a supertype, for it or for the outermost cause that has something. */
    Optional<V> byClass(Throwable failure) {
        return said.isEmpty() ? Optional.empty() : Causes.first(failure, error -> byType(error.getClass()));
    }

    /** What was said of the kind: by status, class of statuses, name, or of any. */
    Optional<V> byKind(ErrorKind kind) {
        if (said.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt status = kind.status();
        @Nullable V found = said.get(kind.name());
        if (found == null && status.isPresent()) {
            found = said.get(status.getAsInt() / 100 + "xx");
        }
        if (found == null && isThrottling(kind)) {
            found = said.get(ErrorKind.THROTTLED.name());
        }
        return Optional.ofNullable(found == null ? said.get(ANY) : found);
    }

    private Optional<V> byType(Class<?> type) {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            @Nullable V found = said.get(c.getName());
            if (found == null) {
                found = byInterfaces(c);
            }
            if (found != null) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    private @Nullable V byInterfaces(Class<?> type) {
        for (Class<?> implemented : type.getInterfaces()) {
            @Nullable V found = said.get(implemented.getName());
            if (found == null) {
                found = byInterfaces(implemented);
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ErrorSelector<?> selector && selector.said.equals(said);
    }

    @Override
    public int hashCode() {
        return said.hashCode();
    }
}
