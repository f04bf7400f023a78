package dev.respite.idempotency;

import java.util.Optional;

/** The changes of a record, and which of them there are. */
final class Drafts {

    private Drafts() {}

    /** The first draft of a call's record. */
    static Draft first(IdempotentCall call, State state, String owner, IdempotencySettings settings) {
        Draft.Terms terms = settings.terms(call.key().minted());
        return new Draft(state, owner, call.fingerprints().get(0), 1, terms, Optional.empty());
    }

    /** Another owner's draft of a record: it gets a new fence by that. */
    static Draft takeOver(IdempotencyRecord seen, Draft mine) {
        return new Draft(
                mine.state(), mine.owner(), seen.fingerprint(), seen.claims() + 1, mine.terms(), Optional.empty());
    }

    /** A draft of a record in another state, its owner staying the same. */
    static Draft of(IdempotencyRecord seen, State to, IdempotencySettings settings, Optional<StoredResponse> response) {
        Draft.Terms terms = settings.terms(seen.times().keyTime());
        return new Draft(to, seen.ownership().owner(), seen.fingerprint(), seen.claims(), terms, response);
    }

    /**
     * The changes that an owner may make. One that was given up as lost may still tell how it ended: as long as the fence is
     * its own, nobody has run since.
     */
    static boolean ownerMayGo(State from, State to) {
        return switch (to) {
            case STARTED -> from == State.STARTED;
            case EFFECT_STARTED, UNKNOWN -> from.isOwned();
            case READY, DONE -> from.isOwned() || from == State.UNKNOWN;
        };
    }
}
