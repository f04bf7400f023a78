package dev.respite.logging;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The text of failures in logs and stored records. It has the classes, the SQLStates and vendor codes of databases, HTTP statuses,
 * gRPC codes and the messages that Respite has written. A message of other code may contain personal data or credentials, and is
 * left out unless the system property {@value #SWITCH} or the environment variable {@value #VARIABLE} is {@code true}. They are
 * read once. Safe for use by any number of threads.
 */
public final class FailureText {

    /** The text in place of credentials. */
    public static final String HIDDEN = "***";

    /** Everything up to the last {@code @} of a text without spaces, since a password may contain any other character. */
    private static final Pattern USER_INFO = Pattern.compile("(?<!\\S)((?>\\S*?//))\\S*@");

    /** The system property that adds messages of other code. */
    static final String SWITCH = "respite.failure-messages";

    /** The environment variable that does the same. */
    static final String VARIABLE = "RESPITE_FAILURE_MESSAGES";

    private static final int MAX_LENGTH = 2_000;
    private static final int MAX_CAUSES = 10;

    /** The maximum number of throwables that are logged for one, with its causes and those that it suppressed. */
    private static final int MAX_LOGGED = 50;

    private static final String OURS = "dev.respite.";

    private static final FailureText CONFIGURED =
            new FailureText(Boolean.getBoolean(SWITCH) || Boolean.parseBoolean(System.getenv(VARIABLE)));

    private final boolean hasMessages;

    FailureText(boolean hasMessages) {
        this.hasMessages = hasMessages;
    }

    /**
     * Returns the text of a failure and its causes, without stack frames.
     *
     * @param failure the failure
     * @return the text, of at most 2,000 characters
     */
    public static String of(Throwable failure) {
        return CONFIGURED.text(failure);
    }

    /**
     * Returns a throwable that is logged in place of another one. It has the same stack frames, causes and suppressed throwables,
     * with the texts of this class.
     *
     * @param failure the failure
     * @return the throwable to log; the failure itself if messages are switched on
     */
    public static Throwable loggable(Throwable failure) {
        return CONFIGURED.logged(failure);
    }

    /** {@return a hint on the switch, to be added to a line of the log; empty if messages are switched on} */
    public static String hint() {
        return CONFIGURED.hasMessages ? "" : "; messages: -D" + SWITCH + "=true";
    }

    /**
     * Returns a text that a database can store. No database stores a NUL.
     *
     * @param text the text
     * @param length the maximum number of characters
     * @return the text, cut if it is longer
     */
    public static String bounded(String text, int length) {
        String clean = text.replace('\0', ' ');
        return clean.length() <= length ? clean : clean.substring(0, length - 1) + "…";
    }

    /**
     * Returns whether the value of a header field or a query parameter is a credential, by its name.
     *
     * @param name the name, in any case
     * @return true for {@code Authorization}, {@code X-Api-Key} and {@code access_token}, for example
     */
    public static boolean isSecret(String name) {
        return SecretNames.isSecret(name);
    }

    /**
     * Removes the values of parameters such as {@code password=}, and what precedes the {@code @} of a host.
     *
     * @param text a URL of a database or a server, or a message with one
     * @return the text, with {@value #HIDDEN} in place of each
     */
    public static String withoutCredentials(String text) {
        return USER_INFO.matcher(withoutSecretValues(text)).replaceAll("$1" + HIDDEN + "@");
    }

    /**
     * Removes the values of parameters such as {@code password=}. Anything else remains, also what precedes an {@code @}.
     *
     * @param text a URL, or a text with one
     * @return the text, with {@value #HIDDEN} in place of each
     */
    public static String withoutSecretValues(String text) {
        StringBuilder clean = new StringBuilder();
        int end = 0;
        for (MatchResult value : SecretNames.valuesIn(text)) {
            clean.append(text, end, value.start()).append(HIDDEN);
            end = value.end();
        }
        return clean.append(text, end, text.length()).toString();
    }

    /**
     * Finds the values of parameters such as {@code password=}.
     *
     * @param url the URL
     * @return the values, in their order
     */
    public static List<String> credentialsIn(String url) {
        return SecretNames.valuesIn(url).stream().map(MatchResult::group).toList();
    }

    String text(Throwable failure) {
        StringBuilder text = new StringBuilder(one(failure));
        @Nullable Throwable cause = failure.getCause();
        for (int depth = 0; cause != null && depth < MAX_CAUSES && text.length() < MAX_LENGTH; depth++) {
            text.append("; caused by ").append(one(cause));
            cause = cause.getCause();
        }
        return bounded(text.toString(), MAX_LENGTH);
    }

    Throwable logged(Throwable failure) {
        return hasMessages ? failure : copy(failure, Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    private Throwable copy(Throwable failure, Set<Throwable> copied) {
        copied.add(failure);
        @Nullable Throwable cause = failure.getCause();
        LoggedFailure copy =
                new LoggedFailure(one(failure), cause != null && isNext(cause, copied) ? copy(cause, copied) : null);
        copy.setStackTrace(failure.getStackTrace());
        for (Throwable suppressed : failure.getSuppressed()) {
            if (isNext(suppressed, copied)) {
                copy.addSuppressed(copy(suppressed, copied));
            }
        }
        return copy;
    }

    /** Causes may run in a circle. */
    private static boolean isNext(Throwable failure, Set<Throwable> copied) {
        return copied.size() < MAX_LOGGED && !copied.contains(failure);
    }

    private String one(Throwable failure) {
        if (hasMessages) {
            return failure.toString();
        }
        List<String> facts = new ArrayList<>();
        FactReader.read(failure).forEach(fact -> add(fact, facts));
        String head = failure.getClass().getName() + (facts.isEmpty() ? "" : " (" + String.join(", ", facts) + ")");
        return isOurs(failure) && failure.getMessage() != null ? head + ": " + ownMessage(failure) : head;
    }

    private static void add(FailureFact fact, List<String> facts) {
        if (fact instanceof FailureFact.SqlState sql) {
            if (!sql.state().isEmpty()) {
                facts.add("SQLState " + sql.state());
            }
            if (sql.vendorCode() != 0) {
                facts.add("vendor code " + sql.vendorCode());
            }
        } else if (fact instanceof FailureFact.HttpStatus status) {
            facts.add("HTTP status " + status.code());
        } else if (fact instanceof FailureFact.GrpcCode code) {
            facts.add("gRPC " + code);
        }
    }

    /** The first frame has created the exception: Respite throws exceptions of the JDK, and applications throw some of Respite. */
    private static boolean isOurs(Throwable failure) {
        StackTraceElement[] frames = failure.getStackTrace();
        return (frames.length > 0
                        ? frames[0].getClassName()
                        : failure.getClass().getName())
                .startsWith(OURS);
    }

    /** The message, without the messages of causes that it repeats. */
    private static String ownMessage(Throwable ours) {
        String message = String.valueOf(ours.getMessage());
        @Nullable Throwable cause = ours.getCause();
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            @Nullable String repeated = cause.getMessage();
            if (repeated != null && !repeated.isBlank() && !isOurs(cause)) {
                message = message.replace(repeated, "…").replace(withoutCredentials(repeated), "…");
            }
            cause = cause.getCause();
        }
        return message;
    }
}
