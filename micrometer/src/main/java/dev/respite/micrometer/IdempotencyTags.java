package dev.respite.micrometer;

import dev.respite.idempotency.IdempotencyCounts;
import io.micrometer.core.instrument.Tag;

/**
 * The keys and values of the tags of idempotency keys. Apart from {@link RetryTags}, which retries use where the optional module
 * of idempotency is absent: the compiler puts the tables of all switches of a class into one class, which then needs it.
 */
final class IdempotencyTags {

    static final String ANSWER = "answer";
    static final String EVENT = "event";

    private IdempotencyTags() {}

    /** What a caller with a key got, or what else happened. */
    static Tag of(IdempotencyCounts.Kind kind) {
        return Tag.of(
                switch (kind) {
                    case EXECUTED,
                            REPLAYED,
                            NOT_DONE,
                            FAILED_WITH_UNKNOWN_EFFECT,
                            IN_PROGRESS,
                            UNKNOWN,
                            MISMATCH,
                            EXPIRED,
                            KEY_FROM_FUTURE,
                            OVER_QUOTA -> ANSWER;
                    default -> EVENT;
                },
                RetryTags.text(kind));
    }
}
