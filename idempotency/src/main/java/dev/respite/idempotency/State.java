package dev.respite.idempotency;

/** Where a record stands. */
public enum State {

    /** Nothing has been done, and nobody is at it: the next who asks runs. What was tried is not forgotten. */
    READY,

    /** Someone is at it, and has not begun what cannot be taken back. */
    STARTED,

    /** Someone is at it, and may have begun what cannot be taken back: it was recorded before it began. */
    EFFECT_STARTED,

    /** Whoever was at it has gone, and nobody knows whether it was done. Never run again by itself, never purged. */
    UNKNOWN,

    /** It was done, and this is what came of it. Never changed again. */
    DONE;

    boolean isOwned() {
        return this == STARTED || this == EFFECT_STARTED;
    }
}
