package dev.respite.idempotency;

/** The state of a record. */
public enum State {

    /**
     * No effect took place and the record has no owner. The next call with the key runs the work. The record keeps its
     * fingerprint, fence and number of claims. Stores write it as {@code READY}.
     */
    RELEASED("READY"),

    /** The record has an owner that has not begun its effect. */
    STARTED("STARTED"),

    /** The record has an owner that may have begun its effect. The state is written before the effect begins. */
    EFFECT_STARTED("EFFECT_STARTED"),

    /**
     * The owner is gone and it is unknown whether the effect took place. The work does not run again until the record is
     * {@linkplain IdempotencyEngine#resolve resolved}. The record is never purged.
     */
    UNKNOWN("UNKNOWN"),

    /** The effect took place and the record contains the response. This state never changes. */
    DONE("DONE");

    private final String storedName;

    State(String storedName) {
        this.storedName = storedName;
    }

    /**
     * Returns the text that stores and the command line use for this state. It never changes, unlike the name of the constant.
     *
     * @return at most 14 capital letters and underscores
     */
    public String storedName() {
        return storedName;
    }

    /**
     * Returns the state with a stored name.
     *
     * @param storedName a text that {@link #storedName()} has returned
     * @return the state
     * @throws IllegalArgumentException if no state has this name, for example because a newer version has written it
     */
    public static State ofStoredName(String storedName) {
        for (State state : values()) {
            if (state.storedName.equals(storedName)) {
                return state;
            }
        }
        throw new IllegalArgumentException("state '" + storedName + "': no state has this stored name");
    }

    boolean isOwned() {
        return this == STARTED || this == EFFECT_STARTED;
    }
}
