package dev.respite.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import java.util.Optional;
import java.util.Random;

/**
 * A store that checks each write against the table of allowed transitions, runs other steps before it, and sometimes does not
 * respond, before or after it has carried the operation out.
 */
final class CheckedStore {

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

    /** Returns the store with checked writes. */
    IdempotencyStore store() {
        return InterceptedStore.of(store).withPutIfAbsent(this::putIfAbsent).withCompareAndSet(this::compareAndSet);
    }

    /** What happens just before a change. */
    void letIn(Runnable others) {
        this.others = others;
    }

    private IdempotencyStore.Put putIfAbsent(StorageKey key, RecordWrite write) {
        breakDown();
        IdempotencyStore.Put put = store.putIfAbsent(key, write);
        if (put instanceof IdempotencyStore.Written written) {
            assertRises(written.record());
        }
        breakDown();
        return put;
    }

    private IdempotencyStore.Swap compareAndSet(Precondition expected, RecordWrite write) {
        others.run();
        breakDown();
        Optional<IdempotencyRecord> before = store.find(expected.ownerToken().key());
        IdempotencyStore.Swap swap = store.compareAndSet(expected, write);
        if (swap instanceof IdempotencyStore.Written written) {
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
        if (!from.isVacant()) {
            assertThat(to.fingerprint()).isEqualTo(from.fingerprint());
        }
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
            throw InterceptedStore.noReply();
        }
    }
}
