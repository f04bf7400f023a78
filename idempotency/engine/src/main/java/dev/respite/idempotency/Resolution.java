package dev.respite.idempotency;

import dev.respite.idempotency.store.StoredResponse;
import java.util.Objects;
import java.util.Optional;

/** The finding about a key whose outcome was unknown. */
public final class Resolution {

    private static final Resolution STILL_UNKNOWN = new Resolution(false, Optional.empty());
    private static final Resolution NOT_DONE = new Resolution(true, Optional.empty());

    private final boolean isKnown;
    private final Optional<StoredResponse> response;

    private Resolution(boolean isKnown, Optional<StoredResponse> response) {
        this.isKnown = isKnown;
        this.response = response;
    }

    /**
     * The reason for which an owner that is only slow can no longer cause the effect. An owner may have paused between recording
     * the start of its effect and beginning it, so a resource without a trace of the effect is not a sufficient reason.
     */
    public enum Barred {
        /** The resource rejects effects with a fence lower than one that it has seen, and has now seen a higher one. */
        FENCED,
        /** The query itself took the key's place at the resource: a reservation, a voided payment. */
        PLACE_TAKEN,
        /** The process that owned the record is known to have ended. */
        OWNER_DEAD
    }

    /**
     * {@return the finding that the effect took place}
     *
     * @param response the response to replay from now on
     */
    public static Resolution done(StoredResponse response) {
        return new Resolution(true, Optional.of(Objects.requireNonNull(response, "response")));
    }

    /**
     * {@return the finding that the effect did not take place, and that no late owner can cause it} The next call with the key
     * runs the work.
     *
     * @param because the reason for which no late owner can cause it
     */
    public static Resolution notDone(Barred because) {
        Objects.requireNonNull(because, "because");
        return NOT_DONE;
    }

    /** {@return the finding that the outcome is still unknown} */
    public static Resolution stillUnknown() {
        return STILL_UNKNOWN;
    }

    /** {@return the response to replay; empty if the effect did not take place or the outcome is still unknown} */
    public Optional<StoredResponse> response() {
        return response;
    }

    boolean isKnown() {
        return isKnown;
    }
}
