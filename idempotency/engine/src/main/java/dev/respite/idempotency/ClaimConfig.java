package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.util.Optional;

/**
 * Configuration of the claims of an engine.
 *
 * @param firstState the state of a new claim: EFFECT_STARTED if the effect counts as begun from the start
 * @param crashPolicy what happens to a record whose owner is gone after its effect had begun
 * @param rebuilder rebuilds response bodies that were not stored
 * @param encryption encrypts responses in the store
 * @param storesOperations whether records contain their operation
 */
record ClaimConfig(
        State firstState,
        CrashPolicy crashPolicy,
        Optional<Rebuilder> rebuilder,
        Optional<ResponseEncryption> encryption,
        boolean storesOperations) {

    static final ClaimConfig DEFAULT =
            new ClaimConfig(State.STARTED, CrashPolicy.leaveUnknown(), Optional.empty(), Optional.empty(), true);

    ClaimConfig with(Rebuilder other) {
        return new ClaimConfig(firstState, crashPolicy, Optional.of(other), encryption, storesOperations);
    }

    ClaimConfig with(ResponseEncryption other) {
        return new ClaimConfig(firstState, crashPolicy, rebuilder, Optional.of(other), storesOperations);
    }

    ClaimConfig with(State otherFirstState, CrashPolicy otherCrashPolicy) {
        return new ClaimConfig(otherFirstState, otherCrashPolicy, rebuilder, encryption, storesOperations);
    }

    ClaimConfig withoutOperations() {
        return new ClaimConfig(firstState, crashPolicy, rebuilder, encryption, false);
    }

    /** Returns the response as it is stored in a record. */
    StoredResponse stored(IdempotencyRecord under, StoredResponse response, IdempotencySettings settings) {
        StoredResponse kept = response.kept(settings.headers(), settings.maxStoredBody());
        return encryption.map(with -> with.encrypt(under, kept)).orElse(kept);
    }

    /** Returns a DONE record with its response decrypted, and without the headers that must not be replayed. */
    IdempotencyRecord readable(IdempotencyRecord done) {
        StoredResponse response = IdempotencySettings.replayable(
                encryption.isPresent() ? encryption.get().decrypt(done) : plain(done));
        return new IdempotencyRecord(
                done.ownerToken(),
                done.state(),
                done.fingerprint(),
                done.claims(),
                done.times(),
                Optional.of(response));
    }

    private static StoredResponse plain(IdempotencyRecord done) {
        StoredResponse stored = done.response().orElseThrow();
        ResponseEncryption.keyOf(stored).ifPresent(id -> {
            throw ResponseEncryption.unreadable(
                    done.key(),
                    ResponseEncryption.encryptedWith(id)
                            + " and no encryption is configured: use IdempotencyEngine.withEncryption",
                    new IllegalStateException("no encryption"));
        });
        return stored;
    }
}
