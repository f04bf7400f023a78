package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoreUnavailableException;
import java.util.Optional;
import java.util.Random;

/**
 * A store that checks each write against the table of allowed transitions, runs other steps before it, and sometimes does not
 * respond, before or after it has carried the operation out.
 */
final class CheckedStore implements IdempotencyStore {

    private final IdempotencyStore store;
    private final Random random;
    private final boolean mayRunAgain;
    private final double silence;
    private Runnable others = () -> {};
    private long highestFence = Long.MIN_VALUE;

    CheckedStore(IdempotencyStore store, Random random, boolean mayRunAgain, double silence) {
        this.store = store;
        this.random = random;
        this.mayRunAgain = mayRunAgain;
        this.silence = silence;
    }

    /** What happens just before a change. */
    void letIn(Runnable others) {
        this.others = others;
    }

    @Override
    public Put putIfAbsent(StorageKey key, RecordWrite write) {
        breakDown();
        Put put = store.putIfAbsent(key, write);
        if (put instanceof Written written) {
            assertRises(written.record());
        }
        breakDown();
        return put;
    }

    @Override
    public Swap compareAndSet(Precondition expected, RecordWrite write) {
        others.run();
        breakDown();
        Optional<IdempotencyRecord> before = store.find(expected.ownerToken().key());
        Swap swap = store.compareAndSet(expected, write);
        if (swap instanceof Written written) {
            assertAllowed(before.orElseThrow(), written.record(), expected);
        } else {
            assertThat(store.find(expected.ownerToken().key())).isEqualTo(before);
        }
        breakDown();
        return swap;
    }

    private void assertAllowed(IdempotencyRecord from, IdempotencyRecord to, Precondition expected) {
        boolean sameOwner = from.ownerToken().equals(to.ownerToken());
        boolean allowed = switch (from.state()) {
            case DONE -> false;
            case UNKNOWN -> sameOwner && (to.state() == State.DONE || to.state() == State.READY);
            case READY -> !sameOwner && to.state().isOwned();
            case STARTED -> sameOwner || (expected.leaseOver() && to.state().isOwned());
            case EFFECT_STARTED ->
                sameOwner
                        ? to.state() != State.STARTED
                        : mayRunAgain && expected.leaseOver() && to.state().isOwned();
        };
        assertThat(allowed).as("%s to %s", from, to).isTrue();
        assertThat(to.fingerprint()).isEqualTo(from.fingerprint());
        if (!sameOwner) {
            assertThat(to.claims()).isEqualTo(from.claims() + 1);
            assertRises(to);
        }
    }

    private void assertRises(IdempotencyRecord record) {
        assertThat(record.ownerToken().fence()).isGreaterThan(highestFence);
        highestFence = record.ownerToken().fence();
    }

    private void breakDown() {
        if (random.nextDouble() < silence) {
            throw new StoreUnavailableException("no answer", new java.io.IOException("reset"));
        }
    }

    @Override
    public Optional<IdempotencyRecord> find(StorageKey key) {
        return store.find(key);
    }

    @Override
    public int purge(int atMost) {
        return store.purge(atMost);
    }
}
