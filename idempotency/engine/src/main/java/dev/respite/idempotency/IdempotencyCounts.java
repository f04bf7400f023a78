package dev.respite.idempotency;

import java.util.Map;

/**
 * The numbers of events by kind. All counts only grow.
 *
 * @param byKind the counts; kinds that have not occurred are absent
 */
public record IdempotencyCounts(Map<Kind, Long> byKind) {

    /** The kind of an event. */
    public enum Kind {
        /** The work ran and its response is recorded. */
        EXECUTED,
        /** A recorded response was returned. */
        REPLAYED,
        /** The work ran and had no effect. */
        NOT_DONE,
        /** The work failed after its effect may have begun. */
        FAILED_WITH_UNKNOWN_EFFECT,
        /** Another call owned the record. */
        IN_PROGRESS,
        /** It is unknown whether the effect took place. */
        UNKNOWN,
        /** The key was used with another fingerprint. */
        MISMATCH,
        /** The key is too old. */
        EXPIRED,
        /** The time in the key is in the future. */
        KEY_FROM_FUTURE,
        /** The scope or the store has too many keys. */
        OVER_QUOTA,
        /** The work has thrown an exception. */
        FAILED,
        /** A call took a record over from another owner. */
        TOOK_OVER,
        /** A record became unknown. */
        BECAME_UNKNOWN,
        /** An unknown record was resolved. */
        RESOLVED,
        /** An owner lost its record before it could change it. */
        LOST_OWNERSHIP,
        /** The store did not respond. */
        STORE_FAILED,
        /** A reconciler or rebuilder has thrown an exception. */
        CALLBACK_FAILED,
        /** A response was recorded without its body, which was too long. */
        BODY_NOT_KEPT
    }

    /**
     * Copies the counts.
     *
     * @param byKind the counts
     */
    public IdempotencyCounts {
        byKind = Map.copyOf(byKind);
    }

    /**
     * Returns how often a kind of event has occurred.
     *
     * @param kind the kind
     * @return 0 or more
     */
    public long count(Kind kind) {
        return byKind.getOrDefault(kind, 0L);
    }
}
