package dev.respite.idempotency;

/** What is found out about a key whose outcome was not known. */
public sealed interface Resolution permits Resolution.Done, Resolution.NotDone, Resolution.StillUnknown {

    /**
     * It was done.
     *
     * @param response what whoever asks is told from now on
     */
    record Done(StoredResponse response) implements Resolution {}

    /**
     * It was not done, and never will be by an owner who is late: the next who asks runs it.
     *
     * @param because why no late owner can do it any more
     */
    record NotDone(Barred because) implements Resolution {}

    /** It is still not known. */
    record StillUnknown() implements Resolution {}

    /**
     * Why an owner that is only slow cannot do it after all. An owner may have been paused between saying that it begins and
     * beginning; that the resource shows no trace yet is no reason.
     */
    enum Barred {
        /** The resource refuses effects with a fence lower than one that it has seen, and has now seen a higher one. */
        FENCED,
        /** The question itself took the key's place at the resource: a reservation, a voided payment. */
        PLACE_TAKEN,
        /** The process that owned it is known to have ended. */
        OWNER_DEAD
    }

    /**
     * It was done.
     *
     * @param response what whoever asks is told from now on
     * @return the resolution
     */
    static Resolution done(StoredResponse response) {
        return new Done(response);
    }

    /**
     * It was not done, and never will be by an owner who is late.
     *
     * @param because why not
     * @return the resolution
     */
    static Resolution notDone(Barred because) {
        return new NotDone(because);
    }

    /**
     * It is still not known.
     *
     * @return the resolution
     */
    static Resolution stillUnknown() {
        return new StillUnknown();
    }
}
