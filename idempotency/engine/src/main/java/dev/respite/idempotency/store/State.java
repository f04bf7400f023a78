package dev.respite.idempotency.store;

/** The state of a record. */
public enum State {

    /**
     * No effect took place and the record has no owner. The next call with the key runs the work. The record keeps its
     * fingerprint, fence and number of claims.
     */
    READY,

    /** The record has an owner that has not begun its effect. */
    STARTED,

    /** The record has an owner that may have begun its effect. The state is written before the effect begins. */
    EFFECT_STARTED,

    /**
     * The owner is gone and it is unknown whether the effect took place. The work does not run again until the record is
     * {@linkplain dev.respite.idempotency.IdempotencyEngine#resolve resolved}. The record is never purged.
     */
    UNKNOWN,

    /**
     * The effect took place and the record contains the response. This state never changes, except for work without a claim that
     * has ended its own transaction: its record becomes UNKNOWN.
     */
    DONE;

    /** {@return whether a record in this state has an owner: true for {@link #STARTED} and {@link #EFFECT_STARTED}} */
    public boolean isOwned() {
        return this == STARTED || this == EFFECT_STARTED;
    }
}
