package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Duration;

/** The result of a call with an idempotency key. */
public sealed interface IdempotentResult
        permits IdempotentResult.Executed,
                IdempotentResult.Replayed,
                IdempotentResult.NotDone,
                IdempotentResult.FailedWithUnknownEffect,
                IdempotentResult.InProgress,
                IdempotentResult.Unknown,
                IdempotentResult.Rejected {

    /**
     * The work ran in this call and its response is recorded.
     *
     * @param response the response of the work
     */
    record Executed(StoredResponse response) implements IdempotentResult, ExecutionOutcome {}

    /**
     * An earlier call with the same key ran the work.
     *
     * @param response the recorded response; without a body if the body was not stored
     * @param record the record of that execution
     */
    record Replayed(StoredResponse response, IdempotencyRecord record) implements IdempotentResult {}

    /**
     * The work ran in this call and had no effect. The same key may be sent again.
     *
     * @param response the response of the work
     */
    record NotDone(StoredResponse response) implements IdempotentResult, ExecutionOutcome {}

    /**
     * The work ran in this call and failed after its effect may have begun. Further calls with the same key get {@link
     * Unknown} until the record is resolved.
     *
     * @param response the response of the work
     */
    record FailedWithUnknownEffect(StoredResponse response) implements IdempotentResult, ExecutionOutcome {}

    /**
     * Another call is running the work, or its outcome cannot be read yet. A later call with the same key gets the result.
     *
     * @param retryAfter the suggested delay before the next call
     */
    record InProgress(Duration retryAfter) implements IdempotentResult {}

    /**
     * It is unknown whether the effect took place. The work does not run again until the record is resolved.
     *
     * @param key the name of the record, for {@link IdempotencyEngine#resolve}
     */
    record Unknown(StorageKey key) implements IdempotentResult {}

    /**
     * The work did not run in this call.
     *
     * @param reason the reason
     */
    record Rejected(Reason reason) implements IdempotentResult {}

    /** The reason for which a call is rejected. */
    enum Reason {
        /** The key was used with another fingerprint. */
        MISMATCH,
        /** The key is so old that its record may have been purged. */
        EXPIRED,
        /** The time in the key is later than the store's time plus the skew. */
        KEY_FROM_FUTURE,
        /** The scope or the store has reached its maximum number of keys. */
        OVER_QUOTA
    }
}
