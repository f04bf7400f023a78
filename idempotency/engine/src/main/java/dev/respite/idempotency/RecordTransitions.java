package dev.respite.idempotency;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.util.Optional;

/** The writes for each transition of a record, and the transitions that an owner may make. */
final class RecordTransitions {

    private RecordTransitions() {}

    /** Returns the first write of a call's record. */
    static RecordWrite first(IdempotentCall call, State state, String owner, IdempotencySettings settings) {
        RecordWrite.Terms terms = settings.terms(call.key().keyTime());
        return new RecordWrite(state, owner, call.fingerprints().get(0), 1, terms, Optional.empty());
    }

    /** Returns the first write of a call whose record is written with its effect. */
    static RecordWrite done(IdempotentCall call, StoredResponse response, String owner, IdempotencySettings settings) {
        RecordWrite.Terms terms = settings.terms(call.key().keyTime());
        StoredResponse kept = response.kept(settings.headers(), settings.maxStoredBody());
        return new RecordWrite(State.DONE, owner, call.fingerprints().get(0), 1, terms, Optional.of(kept));
    }

    /**
     * Returns the write by which another owner takes the record over. The store assigns a new fence, because the owner
     * changes.
     */
    static RecordWrite takeOver(IdempotencyRecord seen, RecordWrite mine) {
        Fingerprint fingerprint = seen.isVacant() ? mine.fingerprint() : seen.fingerprint();
        return new RecordWrite(
                mine.state(), mine.owner(), fingerprint, seen.claims() + 1, mine.terms(), Optional.empty());
    }

    /** Returns a write that changes the state and keeps the owner. */
    static RecordWrite of(
            IdempotencyRecord seen, State to, IdempotencySettings settings, Optional<StoredResponse> response) {
        boolean failed = to == State.READY && seen.state().isOwned();
        RecordWrite.Terms terms = failed
                ? settings.termsOfFailure(seen.times().keyTime())
                : settings.terms(seen.times().keyTime());
        return new RecordWrite(to, seen.ownerToken().owner(), seen.fingerprint(), seen.claims(), terms, response);
    }

    /**
     * Returns whether an owner may make this transition. An owner whose record became UNKNOWN may still complete or release
     * it: as long as the fence is its own, no other call has run the work.
     */
    static boolean ownerMayGo(State from, State to) {
        return switch (to) {
            case STARTED -> from == State.STARTED;
            case EFFECT_STARTED, UNKNOWN -> from.isOwned();
            case READY, DONE -> from.isOwned() || from == State.UNKNOWN;
        };
    }
}
