package dev.respite.idempotency;

/**
 * A thing that is being run, for the work that runs it. It belongs to one call; its methods may be called from any thread of
 * that, one at a time.
 */
public final class Execution {

    private final IdempotencyStore store;
    private volatile Owned owned;
    private volatile boolean withoutEffect;
    private volatile boolean hasAnnounced;
    private volatile boolean unknown;
    private volatile boolean lost;

    Execution(IdempotencyStore store, Owned owned) {
        this.store = store;
        this.owned = owned;
    }

    /**
     * The name of the record: a reference for the resource, by which a {@link Reconciler} can ask it later.
     *
     * @return the same for each execution under this key
     */
    public StorageKey key() {
        return owned.ownership().key();
    }

    /**
     * The fence: a resource that keeps the highest it has seen, and refuses lower ones, is safe from an owner that is late.
     *
     * @return higher for each execution under this key
     */
    public long fence() {
        return owned.ownership().fence();
    }

    /**
     * Says that what cannot be taken back begins now. A crash before that is no matter; one after it is dealt with as
     * the {@link CrashPolicy} says. Once this has returned, it is recorded. It may be said more
     * than once.
     *
     * <p>Only needed where effects are {@linkplain ExternalIdempotency#withEffectsAnnounced announced}; otherwise they are
     * taken to begin with the claim.
     *
     * @throws LostOwnershipException if another has taken over; nothing may be run
     * @throws StoreUnavailableException if it could not be recorded; nothing may be run
     */
    public void effectStarting() {
        hasAnnounced = true;
        if (isEffectStarted()) {
            return;
        }
        owned = owned.effectStarting(store).orElseThrow(() -> {
            lost = true;
            return new LostOwnershipException(owned.ownership());
        });
    }

    /**
     * Says that nothing was done, and nothing will be: however the work ends, the key can be run again. Say it only if that
     * is certain.
     */
    public void noEffect() {
        withoutEffect = true;
    }

    /**
     * Begins the lease anew.
     *
     * @return {@code false} if another has taken over
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

    Owned owned() {
        return owned;
    }

    boolean saysNoEffect() {
        return withoutEffect;
    }

    private boolean isEffectStarted() {
        return owned.record().state() == State.EFFECT_STARTED;
    }

    /** Whether the key can be run again without doing anything twice. */
    boolean isHarmless() {
        return !unknown && (withoutEffect || !isEffectStarted());
    }

    /** However the work ends, its outcome is unknown. */
    void leaveUnknown() {
        unknown = true;
    }

    boolean isUnknown() {
        return unknown;
    }

    /** Whether the work has said that its effect begins: then only it can say that there was none. */
    boolean hasAnnounced() {
        return hasAnnounced;
    }

    boolean isLost() {
        return lost;
    }
}
