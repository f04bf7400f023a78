package dev.respite.idempotency;

import java.util.Map;

/**
 * How often what has happened so far. All of it only grows.
 *
 * @param byKind how often, by what; what did not happen is left out
 */
public record IdempotencyCounts(Map<Kind, Long> byKind) {

    /** What is counted. */
    public enum Kind {
        /** Run just now, and recorded. */
        EXECUTED,
        /** Told what came of it before. */
        REPLAYED,
        /** Tried, and nothing done. */
        NOT_DONE,
        /** Failed when it may have been done already. */
        UNSETTLED,
        /** Somebody else is at it. */
        IN_PROGRESS,
        /** Nobody knows whether it was done. */
        UNKNOWN,
        /** The key was used for something else. */
        MISMATCH,
        /** The key is too old. */
        EXPIRED,
        /** The key is dated ahead. */
        POSTDATED,
        /** Too many keys. */
        OVER_QUOTA,
        /** The work has thrown. */
        FAILED,
        /** A record went to another owner. */
        TOOK_OVER,
        /** A record became unknown. */
        BECAME_UNKNOWN,
        /** An unknown record was resolved. */
        RESOLVED,
        /** An owner came too late. */
        LOST_OWNERSHIP,
        /** The store did not answer. */
        STORE_FAILED,
        /** A reconciler or rebuilder has thrown. */
        PART_FAILED
    }

    /**
     * Copies the counts.
     *
     * @param byKind as the record has it
     */
    public IdempotencyCounts {
        byKind = Map.copyOf(byKind);
    }

    /**
     * How often something happened.
     *
     * @param kind what
     * @return 0 or more
     */
    public long of(Kind kind) {
        return byKind.getOrDefault(kind, 0L);
    }
}
