package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Random;

/**
 * A store that holds each write against the table of allowed changes, lets others in between, and now and then gives no
 * answer, before or after it has done what it was asked.
 */
final class WatchedStore implements IdempotencyStore {

    private final IdempotencyStore store;
    private final Random random;
    private final boolean mayRunAgain;
    private final double silence;
    private Runnable others = () -> {};
    private long highestFence = Long.MIN_VALUE;

    WatchedStore(IdempotencyStore store, Random random, boolean mayRunAgain, double silence) {
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
    public Put putIfAbsent(StorageKey key, Draft draft) {
        breakDown();
        Put put = store.putIfAbsent(key, draft);
        if (put instanceof Written written) {
            assertRises(written.record());
        }
        breakDown();
        return put;
    }

    @Override
    public Swap compareAndSet(Expectation expected, Draft draft) {
        others.run();
        breakDown();
        Optional<IdempotencyRecord> before = store.find(expected.ownership().key());
        Swap swap = store.compareAndSet(expected, draft);
        if (swap instanceof Written written) {
            assertAllowed(before.orElseThrow(), written.record(), expected);
        } else {
            assertThat(store.find(expected.ownership().key())).isEqualTo(before);
        }
        breakDown();
        return swap;
    }

    private void assertAllowed(IdempotencyRecord from, IdempotencyRecord to, Expectation expected) {
        boolean sameOwner = from.ownership().equals(to.ownership());
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
        assertThat(record.ownership().fence()).isGreaterThan(highestFence);
        highestFence = record.ownership().fence();
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
