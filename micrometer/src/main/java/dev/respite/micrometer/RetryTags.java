package dev.respite.micrometer;

import dev.respite.outcome.StopReason;
import io.micrometer.core.instrument.Tag;
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

    /** What Micrometer itself says of what had no error. */
    static final String NO_ERROR = "none";

    static final List<String> OF_RETRIES = List.of(NAME, OUTCOME, REASON, ERROR, ATTEMPTS, RESULT);

    private RetryTags() {}

    /** The tags of a user, and more of them, none of which is one of the meters' own. */
    static Tags with(Tags tags, Iterable<Tag> added, List<String> own) {
        for (Tag tag : added) {
            if (own.contains(tag.getKey())) {
                throw new IllegalArgumentException("tag '" + tag.getKey() + "': the meters have tags of their own of"
                        + " these names: " + String.join(", ", own) + "; take another");
            }
        }
        return tags.and(added);
    }

    /** How a call ended, in short and in detail. */
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
            case FATAL,
                    ATTEMPTS_EXHAUSTED,
                    TOTAL_TIMEOUT,
                    BUDGET_EXHAUSTED,
                    RETRY_FORBIDDEN_BY_SERVER,
                    RETRY_AFTER_TOO_LONG,
                    NOT_IDEMPOTENT,
                    INPUT_CONSUMED,
                    PARTLY_DELIVERED,
                    ALREADY_RETRIED,
                    CIRCUIT_OPEN,
                    EXECUTOR_REFUSED -> "failure";
        };
    }
}
