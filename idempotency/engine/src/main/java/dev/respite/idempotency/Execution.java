package dev.respite.idempotency;

import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;

/**
 * The execution of the work under a claimed key, for use by the work. It belongs to one call. Its methods may be called from
 * any thread, by one thread at a time.
 */
public final class Execution {

    private final IdempotencyStore store;
    private volatile OwnedRecord owned;
    private volatile boolean withoutEffect;
    private volatile boolean hasCalledEffectStarting;
    private volatile boolean unknown;
    private volatile boolean lost;

    Execution(IdempotencyStore store, OwnedRecord owned) {
        this.store = store;
        this.owned = owned;
    }

    /**
     * {@return the name of the record, the same for each execution under this key} Pass it to the resource as a reference that
     * a {@link Reconciler} can look up later.
     */
    public StorageKey key() {
        return owned.ownerToken().key();
    }

    /**
     * {@return the fence, a higher number for each execution under this key} A resource that keeps the highest fence it has
     * seen and rejects lower ones is protected from late owners.
     */
    public long fence() {
        return owned.ownerToken().fence();
    }

    /**
     * Records that an effect begins that cannot be rolled back. After a crash before this call the key is run again; after a
     * crash later than this call the {@link CrashPolicy} applies. The record is written when this method returns. It may be
     * called more than once.
     *
     * <p>Only needed with {@link ExternalIdempotency#withExplicitEffectStart()}; otherwise the effect counts as begun with
     * the claim.
     *
     * @throws IllegalStateException if another call has taken over; the work must not begin the effect
     * @throws StoreUnavailableException if the start could not be recorded; the work must not begin the effect
     */
    public void effectStarting() {
        hasCalledEffectStarting = true;
        if (isEffectStarted()) {
            return;
        }
        owned = owned.effectStarting(store).orElseThrow(() -> {
            lost = true;
            return new IllegalStateException("the record " + owned.ownerToken().key()
                    + " is no longer owned with the fence " + fence()
                    + ": another call has taken over; do not begin the effect, and rethrow this exception");
        });
    }

    /**
     * Declares that the work had no effect and will have none. The key may then be run again, however the work ends. Call it
     * only if that is certain.
     */
    public void noEffect() {
        withoutEffect = true;
    }

    /**
     * Renews the lease.
     *
     * @return {@code false} if another call has taken over
     * @throws StoreUnavailableException if it could not be recorded
     */
    public boolean renew() {
        return owned.renew(store)
                .map(now -> {
                    owned = now;
                    return true;
                })
                .orElse(false);
    }

    OwnedRecord owned() {
        return owned;
    }

    boolean saysNoEffect() {
        return withoutEffect;
    }

    private boolean isEffectStarted() {
        return owned.record().state() == State.EFFECT_STARTED;
    }

    /** Returns whether the key can be run again without repeating an effect. */
    boolean isHarmless() {
        return !unknown && (withoutEffect || !isEffectStarted());
    }

    /** Makes the outcome unknown, however the work ends. */
    void leaveUnknown() {
        unknown = true;
    }

    boolean isUnknown() {
        return unknown;
    }

    /**
     * Returns whether the work has called {@link #effectStarting()}. After that only {@link #noEffect()} can declare that
     * there was none.
     */
    boolean hasCalledEffectStarting() {
        return hasCalledEffectStarting;
    }

    boolean isLost() {
        return lost;
    }
}
