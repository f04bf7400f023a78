package dev.respite.idempotency;

import dev.respite.idempotency.store.OwnerToken;

/** Thrown when another call has taken over the record of this execution. The work must not begin its effect. */
public final class LostOwnershipException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LostOwnershipException(OwnerToken ownerToken) {
        super("the record " + ownerToken.key() + " is no longer owned with the fence " + ownerToken.fence()
                + ": another call has taken over; do not begin the effect, and rethrow this exception");
    }
}
