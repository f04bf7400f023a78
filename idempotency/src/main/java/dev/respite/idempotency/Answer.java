package dev.respite.idempotency;

import java.time.Duration;

/** What somebody who asks for a thing that is to happen once is told. */
public sealed interface Answer
        permits Answer.Executed,
                Answer.Replayed,
                Answer.NotDone,
                Answer.Unsettled,
                Answer.InProgress,
                Answer.Unknown,
                Answer.Mismatch,
                Answer.Expired,
                Answer.Postdated,
                Answer.OverQuota {

    /**
     * It was run just now, and recorded.
     *
     * @param response what came of it
     */
    record Executed(StoredResponse response) implements Answer {}

    /**
     * It was run before.
     *
     * @param response what came of it then; without a body if that was not kept
     * @param record the record of it
     */
    record Replayed(StoredResponse response, IdempotencyRecord record) implements Answer {}

    /**
     * It was tried just now, and nothing was done; the key may be sent again.
     *
     * @param response what the work said
     */
    record NotDone(StoredResponse response) implements Answer {}

    /**
     * It was tried just now, and failed when it may have been done already. Who asks again is told {@link Unknown}, until it is
     * resolved.
     *
     * @param response what the work said
     */
    record Unsettled(StoredResponse response) implements Answer {}

    /**
     * Somebody is at it, or has just been and how that ended cannot be read yet. Asked again, the same key tells.
     *
     * @param askAgainIn when it makes sense to ask again
     */
    record InProgress(Duration askAgainIn) implements Answer {}

    /**
     * Nobody knows whether it was done. It is not run again by itself.
     *
     * @param key the name of the record, for whoever resolves it
     */
    record Unknown(StorageKey key) implements Answer {}

    /** The key was used for something else. */
    record Mismatch() implements Answer {}

    /** The key is so old that nobody can tell any more whether it was run. */
    record Expired() implements Answer {}

    /** The key says that it was minted later than now. */
    record Postdated() implements Answer {}

    /** There are too many keys, of this scope or of all. */
    record OverQuota() implements Answer {}
}
