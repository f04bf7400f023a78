package dev.respite.policy;

import dev.respite.cause.CauseChain;
import dev.respite.failure.FailureFact.GrpcCode;
import dev.respite.text.Spelling;
import java.nio.channels.ClosedByInterruptException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The text of a selector: a class, a status, a class of statuses, an SQLState, a vendor code, a gRPC code, the name of a kind, any. */
final class SelectorSyntax {

    /** The least special selector. */
    static final String ANY = "any";

    /** Precedes the name of a class without a package, since a kind of error may have the same name. */
    private static final String CLASS = "class:";

    static final String SQL_STATE = "sqlstate:";
    static final String SQL_CODE = "sqlcode:";
    static final String GRPC = "grpc:";

    /** The names of the kinds that these have. */
    private static final Set<String> NEVER_RETRIED = Set.of("interrupted", "cancelled");

    private static final Map<GrpcCode, String> GRPC_CODES = new EnumMap<>(GrpcCode.class);

    private static final int MAX_LENGTH = 500;
    private static final Pattern STATUS = Pattern.compile("[1-5][0-9][0-9]");
    private static final Pattern STATUSES = Pattern.compile("[1-5]xx");
    private static final Pattern STATE = Pattern.compile("[0-9A-Z]{2,5}");
    private static final Pattern CODE = Pattern.compile("-?[1-9][0-9]{0,8}");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    static {
        for (GrpcCode code : GrpcCode.values()) {
            GRPC_CODES.put(code, GRPC + code.name());
        }
    }

    private SelectorSyntax() {}

    /** The selector of a class. */
    static String of(Class<?> type) {
        String name = type.getName();
        return name.indexOf('.') < 0 ? CLASS + name : name;
    }

    /** The name of the class that a selector selects. */
    static String className(String selector) {
        return selector.startsWith(CLASS) ? selector.substring(CLASS.length()) : selector;
    }

    /** The selector of a gRPC code. */
    static String of(GrpcCode code) {
        return Objects.requireNonNull(GRPC_CODES.get(code));
    }

    /** Refuses a text that selects nothing. */
    static String check(String key, String selector) {
        if (selector.startsWith(SQL_STATE)) {
            checkState(key, selector);
        } else if (selector.startsWith(SQL_CODE)) {
            checkVendorCode(key, selector);
        } else if (selector.startsWith(GRPC)) {
            checkCode(key, selector);
        } else if (!isClassName(selector) && !isStatus(selector) && !isName(selector)) {
            throw InvalidPolicyException.of(
                    key,
                    selector,
                    "names no error; write a full class name (java.net.SocketTimeoutException, class:Busy without"
                            + " a package), a status (503), a class of statuses (5xx), an SQLState (sqlstate:40001), a vendor's code (sqlcode:1205), a gRPC code (grpc:UNAVAILABLE), a name"
                            + " (timeout) or any");
        }
        return selector;
    }

    private static void checkState(String key, String selector) {
        if (!STATE.matcher(selector.substring(SQL_STATE.length())).matches()) {
            throw InvalidPolicyException.of(
                    key,
                    selector,
                    "an SQLState is two to five digits and capitals, the beginning of one or a whole one, such as"
                            + " sqlstate:08 or sqlstate:40001");
        }
    }

    private static void checkVendorCode(String key, String selector) {
        if (!CODE.matcher(selector.substring(SQL_CODE.length())).matches()) {
            throw InvalidPolicyException.of(
                    key,
                    selector,
                    "a vendor's code of an SQLException is a number, such as sqlcode:1205 or sqlcode:-911");
        }
    }

    private static void checkCode(String key, String selector) {
        if (!GRPC_CODES.containsValue(selector)) {
            throw InvalidPolicyException.of(
                    key, selector, "is no gRPC code of a failure" + Spelling.suggestion(selector, GRPC_CODES.values()));
        }
    }

    /**
     * Rejects a selector of failures that are never retried: an {@link Error}, an interruption, a cancellation. Only classes of
     * the JDK's base module are looked up; others may be in any class loader.
     */
    static String checkRetried(String key, String selector) {
        check(key, selector);
        boolean never = NEVER_RETRIED.contains(selector)
                || (selector.startsWith("java.")
                        && ofTheJdk(selector)
                                .filter(SelectorSyntax::isNeverRetried)
                                .isPresent());
        if (never) {
            throw neverRetried(key, selector);
        }
        return selector;
    }

    /** Rejects a class of failures that are never retried. */
    static void checkRetried(Class<?> type) {
        if (isNeverRetried(type)) {
            throw neverRetried(PolicyKeys.RETRY_ON, type.getName());
        }
    }

    private static InvalidPolicyException neverRetried(String key, String selector) {
        return InvalidPolicyException.of(
                key,
                selector,
                "can have no effect: errors of the virtual machine, interruptions and cancellations are never retried;"
                        + " leave it out");
    }

    /** Returns whether a class is one of an error, an interruption or a cancellation. */
    static boolean isNeverRetried(Class<?> type) {
        return Error.class.isAssignableFrom(type)
                || InterruptedException.class.isAssignableFrom(type)
                || ClosedByInterruptException.class.isAssignableFrom(type)
                || CauseChain.isCancellation(type);
    }

    private static Optional<Class<?>> ofTheJdk(String name) {
        try {
            return Optional.of(Class.forName(name, false, null));
        } catch (ClassNotFoundException | LinkageError elsewhere) {
            return Optional.empty();
        }
    }

    /** Returns whether it is the name of a kind, or any. */
    static boolean isName(String selector) {
        return NAME.matcher(selector).matches();
    }

    /** Returns whether it names a status or a class of statuses. */
    static boolean isStatus(String selector) {
        return STATUS.matcher(selector).matches() || STATUSES.matcher(selector).matches();
    }

    /** Returns whether the facts of a failure can match it. */
    static boolean isFact(String selector) {
        return selector.startsWith(SQL_STATE)
                || selector.startsWith(SQL_CODE)
                || selector.startsWith(GRPC)
                || isStatus(selector);
    }

    /** Returns whether it selects a class: identifiers with points between them, or one after {@value #CLASS}. */
    static boolean isClassName(String selector) {
        String name = className(selector);
        if (name.length() > MAX_LENGTH || selector.startsWith(CLASS) == name.indexOf('.') >= 0) {
            return false;
        }
        boolean starts = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (starts ? !Character.isJavaIdentifierStart(c) : c != '.' && !Character.isJavaIdentifierPart(c)) {
                return false;
            }
            starts = c == '.';
        }
        return !starts;
    }
}
