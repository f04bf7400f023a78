package dev.respite.idempotency;

import dev.respite.idempotency.store.StoredResponse;

/** What was found out about a key whose outcome was unknown. */
public sealed interface Resolution permits Resolution.Done, Resolution.NotDone, Resolution.StillUnknown {

    /**
     * The effect took place.
     *
     * @param response the response to replay from now on
     */
    record Done(StoredResponse response) implements Resolution {}

    /**
     * The effect did not take place, and no late owner can cause it. The next call with the key runs the work.
     *
     * @param because why no late owner can cause the effect
     */
    record NotDone(Barred because) implements Resolution {}

    /** The outcome is still unknown. */
    record StillUnknown() implements Resolution {}

    /**
     * Why an owner that is only slow can no longer cause the effect. An owner may have paused between recording the start of
     * its effect and beginning it, so a resource without a trace of the effect is not a sufficient reason.
     */
    enum Barred {
        /** The resource rejects effects with a fence lower than one that it has seen, and has now seen a higher one. */
        FENCED,
        /** The query itself took the key's place at the resource: a reservation, a voided payment. */
        PLACE_TAKEN,
        /** The process that owned the record is known to have ended. */
        OWNER_DEAD
    }

    /**
     * The effect took place.
     *
     * @param response the response to replay from now on
     * @return the resolution
     */
    static Resolution done(StoredResponse response) {
        return new Done(response);
    }

    /**
     * The effect did not take place, and no late owner can cause it.
     *
     * @param because why no late owner can cause it
     * @return the resolution
     */
    static Resolution notDone(Barred because) {
        return new NotDone(because);
    }

    /**
     * The outcome is still unknown.
     *
     * @return the resolution
     */
    static Resolution stillUnknown() {
        return new StillUnknown();
    }
}
