package dev.respite.micrometer;

import static java.lang.System.Logger.Level.WARNING;

import dev.respite.outcome.StopReason;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Locale;

/** The keys and values of the tags. */
final class RetryTags {

    static final String NAME = "name";
    static final String OUTCOME = "outcome";
    static final String REASON = "reason";
    static final String ERROR = "error";
    static final String ATTEMPTS = "attempts";
    static final String RESULT = "result";

    /** The value that Micrometer uses for attempts without an error. */
    static final String NO_ERROR = "none";

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private RetryTags() {}

    /** Checks the value of the tag {@code name} that a user gives. */
    static void checkName(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("name '" + name
                    + "': some registries drop a tag without a value; name what is measured, payments for example");
        }
    }

    /**
     * Returns whether a registry already had a meter when it was registered, and then logs that. Micrometer returns the meter
     * that was there, and forgets the new one.
     *
     * @param owner the object with the meters, for the log
     * @param registered the meter that the registry returned
     * @param before the meters that the registry had before
     */
    static boolean isBound(String owner, Meter registered, List<Meter> before) {
        boolean isBound = before.contains(registered);
        if (isBound) {
            LOGGER.log(
                    WARNING,
                    owner + " is not bound: the registry has meters with this name and these tags already, and they"
                            + " continue to read the object that was bound first; give each a name of its own, a"
                            + " retry by Retry.withName");
        }
        return isBound;
    }

    /** Returns the tags of the end of a call: outcome and reason. */
    static Tags of(StopReason reason) {
        return Tags.of(OUTCOME, outcome(reason), REASON, text(reason));
    }

    /** A constant as the value of a tag. */
    static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String outcome(StopReason reason) {
        return switch (reason) {
            case ACCEPTED -> "success";
            case INTERRUPTED, CANCELLED -> "cancelled";
            default -> "failure";
        };
    }
}
