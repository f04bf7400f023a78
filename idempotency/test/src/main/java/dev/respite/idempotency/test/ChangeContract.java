package dev.respite.idempotency.test;

import static dev.respite.idempotency.test.StoreFixtures.CLAIMED_AT;
import static dev.respite.idempotency.test.StoreFixtures.FINGERPRINT;
import static dev.respite.idempotency.test.StoreFixtures.LONG;
import static dev.respite.idempotency.test.StoreFixtures.OPERATION;
import static dev.respite.idempotency.test.StoreFixtures.SHORT;
import static dev.respite.idempotency.test.StoreFixtures.as;
import static dev.respite.idempotency.test.StoreFixtures.leaseOver;
import static dev.respite.idempotency.test.StoreFixtures.newKey;
import static dev.respite.idempotency.test.StoreFixtures.newOwner;
import static dev.respite.idempotency.test.StoreFixtures.now;
import static dev.respite.idempotency.test.StoreFixtures.recordWrite;
import static dev.respite.idempotency.test.StoreFixtures.refused;
import static dev.respite.idempotency.test.StoreFixtures.settled;
import static dev.respite.idempotency.test.StoreFixtures.started;
import static dev.respite.idempotency.test.StoreFixtures.terms;
import static dev.respite.idempotency.test.StoreFixtures.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.OwnerToken;
import dev.respite.idempotency.store.Precondition;
import dev.respite.idempotency.store.RecordWrite;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The promises of {@link IdempotencyStore#compareAndSet}. */
interface ChangeContract extends StoreUnderTest {

    /**
     * Each state can be written and read.
     *
     * @param state the state
     */
    @ParameterizedTest
    @EnumSource(State.class)
    default void compareAndSet_asExpected_writesEveryState(State state) {
        IdempotencyRecord started = started(store(), terms(LONG, LONG));
        String owner = started.ownerToken().owner();
        IdempotencyRecord record = written(store().compareAndSet(as(started), recordWrite(state, owner)));
        assertThat(record.state()).isEqualTo(state);
        assertThat(record.ownerToken()).isEqualTo(started.ownerToken());
        assertThat(record.response()).isEqualTo(recordWrite(state, owner).response());
        assertThat(store().find(started.key())).contains(record);
    }

    /** A record that becomes UNKNOWN keeps the time and the operation of its claim, for operators. */
    @Test
    default void compareAndSet_becomesUnknown_keepsTimeAndOperation() {
        IdempotencyRecord unknown = settled(store(), State.UNKNOWN, LONG);
        assertThat(unknown.ownerToken().operation()).contains(OPERATION);
        assertThat(unknown.ownerToken().claimedAt()).contains(CLAIMED_AT);
        assertThat(store().find(unknown.key())).contains(unknown);
    }

    /** A takeover replaces the time and the operation of the earlier claim, also by a claim without them. */
    @Test
    default void compareAndSet_takenOver_hasTimeAndOperationOfTheLastClaim() {
        IdempotencyRecord ready = settled(store(), State.READY, LONG);
        Instant later = CLAIMED_AT.plusSeconds(1);
        String owner = OwnerToken.owner("other", later, Optional.empty());
        IdempotencyRecord taken = written(store().compareAndSet(as(ready), recordWrite(State.STARTED, owner)));
        assertThat(taken.ownerToken().operation()).isEmpty();
        assertThat(taken.ownerToken().claimedAt()).contains(later);
        assertThat(store().find(taken.key())).contains(taken);
    }

    /** A response is stored without any change. */
    @Test
    default void compareAndSet_response_isKeptToTheByte() {
        byte[] all = new byte[70_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        Map<String, List<String>> headers =
                Map.of("Link", List.of("</a>; rel=\"next\"", "</b>"), "Content-Type", List.of("text/plain"));
        StoredResponse whole = StoredResponse.of(201, headers, all).withEffectRef("payment 4711 'ü€");
        for (StoredResponse response : List.of(whole, whole.withoutBody(), StoredResponse.empty())) {
            IdempotencyRecord started = started(store(), terms(LONG, LONG));
            RecordWrite done = new RecordWrite(
                    State.DONE, started.ownerToken().owner(), FINGERPRINT, 3, terms(LONG, LONG), Optional.of(response));
            assertThat(written(store().compareAndSet(as(started), done)).response())
                    .contains(response);
            IdempotencyRecord read = store().find(started.key()).orElseThrow();
            assertThat(read.response()).contains(response);
            assertThat(read.claims()).isEqualTo(3);
        }
    }

    /** If state, fence, owner or name differ, the record is not changed. */
    @Test
    default void compareAndSet_notAsExpected_changesNothing() {
        IdempotencyRecord record = started(store(), terms(LONG, LONG));
        String owner = record.ownerToken().owner();
        long fence = record.ownerToken().fence();
        RecordWrite done = recordWrite(State.DONE, owner);
        assertThat(refused(store().compareAndSet(as(record, State.EFFECT_STARTED, owner, fence), done)))
                .contains(record);
        assertThat(refused(store().compareAndSet(as(record, State.STARTED, newOwner(), fence), done)))
                .contains(record);
        assertThat(refused(store().compareAndSet(as(record, State.STARTED, owner, fence + 1), done)))
                .contains(record);
        assertThat(refused(store().compareAndSet(as(record, State.STARTED, owner, fence - 1), done)))
                .contains(record);
        assertThat(store().find(record.key())).contains(record);
    }

    /** A missing record cannot be changed. */
    @Test
    default void compareAndSet_noRecord_isRejectedAndWritesNothing() {
        StorageKey missing = newKey();
        IdempotencyStore.Swap swap = store().compareAndSet(
                        new Precondition(new OwnerToken(missing, 1, "me"), State.STARTED, false),
                        recordWrite(State.DONE, "me"));
        assertThat(refused(swap)).isEmpty();
        assertThat(store().find(missing)).isEmpty();
    }

    /** The same owner keeps its fence; another owner gets a higher one. */
    @Test
    default void compareAndSet_anotherOwner_getsAHigherFence() {
        IdempotencyRecord first = started(store(), terms(LONG, LONG));
        IdempotencyRecord ready = written(store().compareAndSet(
                        as(first), recordWrite(State.READY, first.ownerToken().owner())));
        assertThat(ready.ownerToken()).isEqualTo(first.ownerToken());
        IdempotencyRecord second = written(store().compareAndSet(as(ready), recordWrite(State.STARTED, newOwner())));
        assertThat(second.ownerToken().fence()).isGreaterThan(first.ownerToken().fence());
        assertThat(refused(store().compareAndSet(
                                as(first),
                                recordWrite(State.DONE, first.ownerToken().owner()))))
                .contains(second);
    }

    /** A change writes the fingerprint and the number of claims too. */
    @Test
    default void compareAndSet_fingerprintAndClaims_areWritten() {
        IdempotencyRecord started = started(store(), terms(LONG, LONG));
        RecordWrite vacant = new RecordWrite(
                State.READY, started.ownerToken().owner(), FINGERPRINT, 0, terms(LONG, LONG), Optional.empty());
        IdempotencyRecord released = written(store().compareAndSet(as(started), vacant));
        assertThat(released.isVacant()).isTrue();
        Fingerprint other = Fingerprint.of("other", new byte[0]);
        RecordWrite takeOver =
                new RecordWrite(State.STARTED, newOwner(), other, 1, terms(LONG, LONG), Optional.empty());
        IdempotencyRecord taken = written(store().compareAndSet(as(released), takeOver));
        assertThat(taken.fingerprint()).isEqualTo(other);
        assertThat(store().find(started.key())).contains(taken);
    }

    /** A change that requires the end of the lease is rejected before. */
    @Test
    default void compareAndSet_leaseMustBeOver_isRejectedUntilItIs() {
        IdempotencyRecord held = started(store(), terms(LONG, LONG));
        assertThat(refused(store().compareAndSet(leaseOver(held), recordWrite(State.STARTED, newOwner()))))
                .contains(held);
        IdempotencyRecord left = started(store(), terms(SHORT, LONG));
        advance(SHORT.multipliedBy(2));
        IdempotencyRecord taken =
                written(store().compareAndSet(leaseOver(left), recordWrite(State.STARTED, newOwner())));
        assertThat(taken.ownerToken().fence()).isGreaterThan(left.ownerToken().fence());
    }

    /** If the lease does not matter, a slow owner may still change its record. */
    @Test
    default void compareAndSet_leaseOverButNotTaken_isDone() {
        IdempotencyRecord slow = started(store(), terms(SHORT, LONG));
        advance(SHORT.multipliedBy(2));
        written(store().compareAndSet(
                        as(slow), recordWrite(State.DONE, slow.ownerToken().owner())));
    }

    /** Each write renews the lease and the retention. */
    @Test
    default void compareAndSet_sameState_beginsTheLeaseAnew() {
        IdempotencyRecord first = started(store(), terms(SHORT, LONG));
        advance(SHORT.multipliedBy(2));
        Instant now = now(store());
        RecordWrite renewed = recordWrite(State.STARTED, first.ownerToken().owner(), terms(LONG, LONG));
        IdempotencyRecord again = written(store().compareAndSet(as(first), renewed));
        assertThat(again.times().leaseUntil()).isAfterOrEqualTo(now.plus(LONG));
        assertThat(again.times().expiresAt()).isAfterOrEqualTo(now.plus(LONG));
        assertThat(refused(store().compareAndSet(leaseOver(again), recordWrite(State.STARTED, newOwner()))))
                .contains(again);
    }

    /** Of concurrent takeovers of one record, one succeeds. */
    @Test
    default void compareAndSet_manyAtOnce_oneIsWritten() {
        IdempotencyRecord left = started(store(), terms(SHORT, LONG));
        advance(SHORT.multipliedBy(2));
        List<IdempotencyStore.Swap> swaps = ConcurrentRuns.run(
                16, () -> store().compareAndSet(leaseOver(left), recordWrite(State.STARTED, newOwner())));
        List<IdempotencyStore.Swap> written = swaps.stream()
                .filter(IdempotencyStore.Written.class::isInstance)
                .toList();
        assertThat(written).hasSize(1);
        assertThat(store().find(left.key())).contains(written(written.get(0)));
    }
}
