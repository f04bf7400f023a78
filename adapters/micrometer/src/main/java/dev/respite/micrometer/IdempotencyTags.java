package dev.respite.micrometer;

import dev.respite.idempotency.IdempotencyCounts;
import io.micrometer.core.instrument.Tag;

/**
 * The keys and values of the tags of idempotency keys. Apart from {@link RetryTags}, since the optional module of idempotency
 * may be absent. The compiler puts the tables of all switches of a class into one class, which would then need that module.
 */
final class IdempotencyTags {

    static final String RESULT = "answer";
    static final String EVENT = "event";

    private IdempotencyTags() {}

    /** Returns the tag of a kind: a result of a caller with a key, or another event. */
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
                            OVER_QUOTA -> RESULT;
                    default -> EVENT;
                },
                RetryTags.text(kind));
    }
}
