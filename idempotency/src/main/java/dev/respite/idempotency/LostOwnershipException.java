package dev.respite.idempotency;

/** The record is no longer this call's: another has taken over. The work must not begin what it was about to begin. */
public final class LostOwnershipException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    LostOwnershipException(Ownership ownership) {
        super("the record " + ownership.key() + " is no longer owned under the fence " + ownership.fence()
                + ": another has taken over; do nothing, and let this exception through");
    }
}
