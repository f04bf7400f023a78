package dev.respite.spring.boot.setup;

import dev.respite.logging.FailureText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A feature of Respite cannot work in this application. The message has the reason, and the action has the remedy. */
public final class SetupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String action;
    private final @Nullable String property;

    /**
     * Creates the exception.
     *
     * @param message the reason, which is stored without credentials of URLs
     * @param action the remedy
     * @param cause the failure behind it; null if there is none
     */
    public SetupException(String message, String action, @Nullable Throwable cause) {
        this(message, action, null, cause);
    }

    private SetupException(
            @Nullable String message, String action, @Nullable String property, @Nullable Throwable cause) {
        super(message == null ? null : FailureText.withoutCredentials(message), cause);
        this.action = action;
        this.property = property;
    }

    /**
     * {@return the exception of a property that is not valid}
     *
     * @param property the full name of the property, or the beginning of the names of several
     * @param message the value, the rule and the remedy
     */
    public static SetupException ofProperty(String property, String message) {
        return new SetupException(message, action(property), property, null);
    }

    /**
     * {@return the exception of a property that is not valid}
     *
     * @param property the full name of the property, or the beginning of the names of several
     * @param cause the rejection of the value, whose message has the value, the rule and the remedy
     */
    public static SetupException ofProperty(String property, RuntimeException cause) {
        return new SetupException(cause.getMessage(), action(property), property, cause);
    }

    private static String action(String property) {
        String page = property.startsWith("respite.admission") ? "admission" : "policies";
        for (String feature : List.of("durable", "idempotency")) {
            page = property.startsWith("respite." + feature) ? "spring-boot-" + feature : page;
        }
        return "Correct the property; docs/" + page + ".md of Respite has the keys and their values.";
    }

    /** Returns the remedy, as a sentence. */
    String action() {
        return action;
    }

    /** Returns the name of the property, or the beginning of the names of several; null if none is the reason. */
    @Nullable
    String property() {
        return property;
    }
}
