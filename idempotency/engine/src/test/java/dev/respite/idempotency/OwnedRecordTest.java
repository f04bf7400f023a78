package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.OwnedRecord.Rollback;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The changes of a record whose start belongs to the transaction of its work. */
class OwnedRecordTest {

    private static final Optional<StoredResponse> NONE = Optional.empty();
    private static final Optional<StoredResponse> REFUSED = Optional.of(StoredResponse.of("refused"));

    private final IdempotencyFixture fixture = new IdempotencyFixture();
    private final IdempotentCall call = call("k");
    private final OwnedRecord owned = fixture.owned(call);

    private void takeOver() {
        fixture.time.advance(IdempotencyFixture.LEASE.plusSeconds(1));
        ExternalIdempotency other =
                fixture.external().withExplicitEffectStart().withCrashPolicy(CrashPolicy.runAgain());
        assertThat(other.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Executed.class);
    }

    @Test
    void recordStart_ofAnEarlierTransaction_isEmpty() {
        assertThat(owned.recordStart(fixture.store))
                .hasValueSatisfying(
                        started -> assertThat(started.record().state()).isEqualTo(State.EFFECT_STARTED));
        assertThat(owned.recordStart(fixture.store)).isEmpty();
    }

    @Test
    void recordStart_takenOver_isEmpty() {
        takeOver();
        assertThat(owned.recordStart(fixture.store)).isEmpty();
        assertThat(fixture.state(call)).isEqualTo(State.DONE);
    }

    @Test
    void rolledBack_nothingCommitted_isReleased() {
        assertThat(owned.rolledBack(fixture.store, NONE)).isEqualTo(Rollback.CONFIRMED);
        assertThat(fixture.state(call)).isEqualTo(State.READY);
    }

    @Test
    void rolledBack_nothingCommittedAndAResult_isDone() {
        assertThat(owned.rolledBack(fixture.store, REFUSED)).isEqualTo(Rollback.CONFIRMED);
        assertThat(fixture.record(call).response()).isEqualTo(REFUSED);
    }

    @Test
    void rolledBack_startIsCommitted_isUnknownAndReported() {
        assertThat(owned.recordStart(fixture.store)).isPresent();
        assertThat(owned.rolledBack(fixture.store, REFUSED)).isEqualTo(Rollback.PARTLY_COMMITTED);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
        assertThat(fixture.events).extracting(IdempotencyEvent::kind).containsExactly(Kind.BECAME_UNKNOWN);
    }

    @Test
    void rolledBack_startIsCommittedAndGivenUp_staysUnknown() {
        assertThat(owned.recordStart(fixture.store)).isPresent();
        fixture.time.advance(IdempotencyFixture.LEASE.plusSeconds(1));
        fixture.external().execute(call, execution -> fixture.pay());
        IdempotencyRecord unknown = fixture.record(call);
        assertThat(owned.rolledBack(fixture.store, NONE)).isEqualTo(Rollback.PARTLY_COMMITTED);
        assertThat(fixture.record(call)).isEqualTo(unknown);
    }

    @Test
    void rolledBack_startIsCommittedAndThenLost_isLost() {
        assertThat(owned.recordStart(fixture.store)).isPresent();
        IdempotencyStore slow = InterceptedStore.of(fixture.store).withCompareAndSet((expected, write) -> {
            IdempotencyStore.Swap swap = fixture.store.compareAndSet(expected, write);
            if (fixture.effects == 0) {
                takeOver();
            }
            return swap;
        });
        assertThat(owned.rolledBack(slow, NONE)).isEqualTo(Rollback.LOST);
        assertThat(fixture.state(call)).isEqualTo(State.DONE);
    }

    @Test
    void rolledBack_withoutReplyAndRepeated_isConfirmed() {
        owned.rolledBack(fixture.store, NONE);
        assertThat(owned.rolledBack(fixture.store, NONE)).isEqualTo(Rollback.CONFIRMED);
        assertThat(fixture.state(call)).isEqualTo(State.READY);
        IdempotentCall other = call("other");
        OwnedRecord refused = fixture.owned(other);
        refused.rolledBack(fixture.store, REFUSED);
        assertThat(refused.rolledBack(fixture.store, REFUSED)).isEqualTo(Rollback.CONFIRMED);
        assertThat(fixture.record(other).response()).isEqualTo(REFUSED);
    }

    @Test
    void rolledBack_anotherResponseIsRecorded_isLost() {
        assertThat(owned.complete(fixture.store, StoredResponse.of("resolved by hand")))
                .isTrue();
        assertThat(owned.rolledBack(fixture.store, REFUSED)).isEqualTo(Rollback.LOST);
        assertThat(fixture.record(call).response()).contains(StoredResponse.of("resolved by hand"));
    }

    @Test
    void rolledBack_takenOver_isLost() {
        takeOver();
        assertThat(owned.rolledBack(fixture.store, NONE)).isEqualTo(Rollback.LOST);
        assertThat(fixture.state(call)).isEqualTo(State.DONE);
    }

    /** The other owner has made the same change of its own claim. */
    @Test
    void changes_takenOverAndReleased_areLost() {
        fixture.time.advance(IdempotencyFixture.LEASE.plusSeconds(1));
        fixture.external().withExplicitEffectStart().execute(call, execution -> {
            execution.noEffect();
            return REFUSED.orElseThrow();
        });
        IdempotencyRecord released = fixture.record(call);
        assertThat(released.state()).isEqualTo(State.READY);
        assertThat(owned.rolledBack(fixture.store, NONE)).isEqualTo(Rollback.LOST);
        assertThat(owned.release(fixture.store)).isFalse();
        assertThat(fixture.record(call)).isEqualTo(released);
    }

    @Test
    void release_ownRecord_isTrueAndMayBeRepeated() {
        assertThat(owned.release(fixture.store)).isTrue();
        assertThat(owned.release(fixture.store)).isTrue();
        assertThat(fixture.state(call)).isEqualTo(State.READY);
    }

    /** A store may reject a change because another transaction holds a lock on the record. */
    @Test
    void rolledBack_recordIsLocked_isLost() {
        IdempotencyStore locked = InterceptedStore.of(fixture.store)
                .withCompareAndSet((expected, write) ->
                        new IdempotencyStore.Rejected(fixture.store.find(call.storageKey()), fixture.time.wallTime()));
        assertThat(owned.rolledBack(locked, NONE)).isEqualTo(Rollback.LOST);
        assertThat(fixture.state(call)).isEqualTo(State.STARTED);
    }

    @Test
    void complete_anotherResponseIsRecorded_isRejected() {
        assertThat(owned.complete(fixture.store, StoredResponse.of("first"))).isTrue();
        assertThat(owned.complete(fixture.store, StoredResponse.of("second"))).isFalse();
        assertThat(owned.release(fixture.store)).isFalse();
        assertThat(owned.renew(fixture.store)).isEmpty();
        assertThat(fixture.record(call).response()).contains(StoredResponse.of("first"));
    }

    @Test
    void renew_afterATakeover_isEmpty() {
        Execution execution = new Execution(fixture.store, owned);
        assertThat(execution.renew()).isTrue();
        takeOver();
        assertThat(execution.renew()).isFalse();
    }

    @Test
    void effectStarting_again_isNotRecordedAgain() {
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        Execution execution = new Execution(connection.store, owned);
        execution.effectStarting();
        execution.effectStarting();
        assertThat(connection.calls).isEqualTo(1);
        assertThat(fixture.state(call)).isEqualTo(State.EFFECT_STARTED);
        assertThat(execution.key()).isEqualTo(call.storageKey());
        assertThat(execution.fence())
                .isEqualTo(fixture.record(call).ownerToken().fence());
    }

    /** The work has committed its first write before its transaction was rolled back. */
    @Test
    void withdraw_committedResult_isUnknownAndReportedOnce() {
        assertThat(owned.complete(fixture.store, StoredResponse.of("paid"))).isTrue();
        assertThat(owned.withdraw(fixture.store)).isTrue();
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
        assertThat(fixture.events).extracting(IdempotencyEvent::kind).containsExactly(Kind.BECAME_UNKNOWN);
        assertThat(owned.withdraw(fixture.store)).isTrue();
        assertThat(fixture.events).hasSize(1);
    }

    @Test
    void withdrawUnclaimed_withAndWithoutAResult_isUnknownAndReported() {
        assertThat(owned.complete(fixture.store, StoredResponse.of("paid"))).isTrue();
        assertThat(owned.withdrawUnclaimed(fixture.store)).isTrue();
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
        IdempotencyStore empty = InMemoryIdempotencyStore.create();
        assertThat(owned.withdrawUnclaimed(empty)).isTrue();
        assertThat(empty.find(call.storageKey()))
                .hasValueSatisfying(written -> assertThat(written.state()).isEqualTo(State.UNKNOWN));
        assertThat(fixture.events)
                .extracting(IdempotencyEvent::kind)
                .containsExactly(Kind.BECAME_UNKNOWN, Kind.BECAME_UNKNOWN);
    }
}
