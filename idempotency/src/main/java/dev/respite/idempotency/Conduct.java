package dev.respite.idempotency;

import java.util.Optional;

/**
 * How claims go about it.
 *
 * @param firstState what a claim is recorded as: whether its effect is taken to begin with it
 * @param crashPolicy what to do where an owner has gone after its effect had begun
 * @param rebuilder what makes bodies again that were not kept
 * @param encryption what encrypts responses for the store
 */
record Conduct(
        State firstState,
        CrashPolicy crashPolicy,
        Optional<Rebuilder> rebuilder,
        Optional<ResponseEncryption> encryption) {

    static final Conduct DEFAULT =
            new Conduct(State.STARTED, CrashPolicy.leaveUnknown(), Optional.empty(), Optional.empty());

    Conduct with(Rebuilder other) {
        return new Conduct(firstState, crashPolicy, Optional.of(other), encryption);
    }

    Conduct with(ResponseEncryption other) {
        return new Conduct(firstState, crashPolicy, rebuilder, Optional.of(other));
    }

    Conduct with(State otherFirstState, CrashPolicy otherCrashPolicy) {
        return new Conduct(otherFirstState, otherCrashPolicy, rebuilder, encryption);
    }

    /** A response as it is stored. */
    StoredResponse stored(StorageKey under, StoredResponse response, IdempotencySettings settings) {
        StoredResponse kept = response.kept(settings.headers(), settings.bodyCap());
        return encryption.map(with -> with.encrypt(under, kept)).orElse(kept);
    }

    /** A record that is done, with its response as it was before it was stored. */
    IdempotencyRecord readable(IdempotencyRecord done) {
        StoredResponse stored = done.response().orElseThrow();
        Optional<String> id = ResponseEncryption.keyOf(stored);
        if (id.isEmpty()) {
            return done;
        }
        StoredResponse response = encryption
                .orElseThrow(() -> ResponseEncryption.unreadable(
                        done.key(),
                        id.get(),
                        "and no encryption is configured: use Claims.withEncryption",
                        new IllegalStateException("no encryption")))
                .decrypt(done.key(), stored);
        return new IdempotencyRecord(
                done.ownership(), done.state(), done.fingerprint(), done.claims(), done.times(), Optional.of(response));
    }
}
