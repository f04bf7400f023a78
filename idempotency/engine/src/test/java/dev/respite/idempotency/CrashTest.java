package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.LEASE;
import static dev.respite.idempotency.IdempotencyFixture.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.InMemoryIdempotencyStore;
import dev.respite.idempotency.store.InterceptedStore;
import dev.respite.idempotency.store.Quota;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Processes that die, pause too long, or lose their store, with an effect outside the store. */
class CrashTest {

    private static final Duration OVER = LEASE.plusSeconds(1);

    private final IdempotencyFixture fixture = new IdempotencyFixture();
    private final IdempotentCall call = call("k");

    /** A process that claims the key and then dies. */
    private OwnedRecord claimAndDie(boolean announces) {
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        IdempotencyEngine engine = fixture.engine(connection.store)
                .withConfig(announces ? State.STARTED : State.EFFECT_STARTED, CrashPolicy.leaveUnknown());
        return engine.owned((Claim.Execute) engine.claim(call, call.storageKey()), call);
    }

    private IdempotentResult ask(ExternalIdempotency idempotency) {
        return idempotency.execute(call, execution -> {
            execution.effectStarting();
            return fixture.pay();
        });
    }

    @Test
    void fault02_deadBeforeItsEffectWasAnnounced_isTakenOverAfterTheLease() {
        ExternalIdempotency idempotency = fixture.external().withExplicitEffectStart();
        claimAndDie(true);
        assertThat(ask(idempotency)).isInstanceOf(IdempotentResult.InProgress.class);
        fixture.time.advance(OVER);
        assertThat(ask(idempotency)).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.effects).isEqualTo(1);
        assertThat(idempotency.counts().count(Kind.TOOK_OVER)).isEqualTo(1);
    }

    @Test
    void fault05_deadAfterItsEffectWasAnnounced_isUnknownAndNotRunAgain() {
        ExternalIdempotency idempotency = fixture.external().withExplicitEffectStart();
        claimAndDie(true).effectStarting(fixture.store);
        fixture.time.advance(OVER);
        for (int i = 0; i < 3; i++) {
            assertThat(ask(idempotency)).isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
            fixture.time.advance(Duration.ofDays(30));
            fixture.store.purge(100);
        }
        assertThat(fixture.effects).isZero();
        assertThat(idempotency.counts().count(Kind.BECAME_UNKNOWN)).isEqualTo(1);
    }

    /** Without an explicit start, the effect may have begun with the claim. */
    @Test
    void fault05_deadWithEffectsNotAnnounced_isUnknownAndNotRunAgain() {
        ExternalIdempotency idempotency = fixture.external();
        claimAndDie(false);
        fixture.time.advance(OVER);
        assertThat(ask(idempotency)).isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
    }

    @Test
    void fault06_deadAfterTheEffect_runAgain_isAtLeastOnceWithAHigherFence() {
        ExternalIdempotency idempotency = fixture.external().withCrashPolicy(CrashPolicy.runAgain());
        OwnedRecord dead = claimAndDie(false);
        fixture.pay();
        fixture.time.advance(OVER);
        long[] fence = new long[1];
        idempotency.execute(call, execution -> {
            fence[0] = execution.fence();
            return fixture.pay();
        });
        assertThat(fixture.effects).isEqualTo(2);
        assertThat(fence[0]).isGreaterThan(dead.ownerToken().fence());
    }

    @Test
    void fault10_sleptBeforeAnnouncing_runsNothingAndGetsTheResult() {
        ExternalIdempotency idempotency = fixture.external().withExplicitEffectStart();
        IdempotentResult slow = idempotency.execute(call, execution -> {
            if (fixture.effects == 0) {
                fixture.time.advance(OVER);
                ask(idempotency);
            }
            execution.effectStarting();
            return fixture.pay();
        });
        assertThat(fixture.effects).isEqualTo(1);
        assertThat(slow).isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(idempotency.counts().count(Kind.LOST_OWNERSHIP)).isEqualTo(1);
    }

    /** Like a database during the owner's transaction: the row is locked, and a takeover skips it. */
    @Test
    void fault11_leaseOverButRecordHeldByItsOwner_isInProgress() {
        claimAndDie(true);
        fixture.time.advance(OVER);
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        IdempotencyStore held = InterceptedStore.of(connection.store).withCompareAndSet((expected, write) -> {
            IdempotencyStore.Put put =
                    connection.store.putIfAbsent(expected.ownerToken().key(), write);
            return (IdempotencyStore.Rejected) put;
        });
        assertThat(ask(ExternalIdempotency.of(fixture.engine(held)).withExplicitEffectStart()))
                .isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(connection.calls).isEqualTo(2);
        assertThat(fixture.effects).isZero();
    }

    @Test
    void fault12_ownerThatWasReplaced_changesNothing() {
        ExternalIdempotency idempotency = fixture.external().withCrashPolicy(CrashPolicy.runAgain());
        OwnedRecord old = claimAndDie(false);
        fixture.time.advance(OVER);
        ask(idempotency);
        IdempotencyRecord winner = fixture.record(call);
        assertThat(old.complete(fixture.store, StoredResponse.of("late"))).isFalse();
        assertThat(old.release(fixture.store)).isFalse();
        assertThat(old.markUnknown(fixture.store)).isFalse();
        assertThat(old.renew(fixture.store)).isEmpty();
        assertThat(old.effectStarting(fixture.store)).isEmpty();
        assertThat(fixture.record(call)).isEqualTo(winner);
    }

    @Test
    void fault12_workThatWasReplaced_getsTheWinnersResult() {
        ExternalIdempotency idempotency = fixture.external().withCrashPolicy(CrashPolicy.runAgain());
        IdempotentResult slow = idempotency.execute(call, execution -> {
            fixture.time.advance(OVER);
            ask(idempotency);
            return StoredResponse.of("late");
        });
        assertThat(slow)
                .isInstanceOfSatisfying(
                        IdempotentResult.Replayed.class,
                        replayed -> assertThat(replayed.response().text()).contains("paid 1"));
        assertThat(fixture.events).extracting(IdempotencyEvent::kind).contains(IdempotencyCounts.Kind.LOST_OWNERSHIP);
    }

    /** A slow owner may complete its record as long as no other call has run the work. */
    @Test
    void execute_givenUpAsUnknown_isDoneOnceItsOwnerComesBack() {
        ExternalIdempotency idempotency = fixture.external();
        IdempotentResult slow = idempotency.execute(call, execution -> {
            fixture.time.advance(OVER);
            assertThat(ask(idempotency)).isInstanceOf(IdempotentResult.Unknown.class);
            return fixture.pay();
        });
        assertThat(slow).isEqualTo(new IdempotentResult.Executed(StoredResponse.of("paid 1")));
        assertThat(ask(idempotency)).isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(fixture.effects).isEqualTo(1);
    }

    @Test
    void execute_renewed_isNotTakenOver() {
        ExternalIdempotency idempotency = fixture.external().withCrashPolicy(CrashPolicy.runAgain());
        idempotency.execute(call, execution -> {
            for (int i = 0; i < 5; i++) {
                fixture.time.advance(LEASE.minusSeconds(1));
                assertThat(ask(idempotency)).isInstanceOf(IdempotentResult.InProgress.class);
                assertThat(execution.renew()).isTrue();
            }
            return fixture.pay();
        });
        assertThat(fixture.effects).isEqualTo(1);
    }

    @Test
    void fault23_storeAwayAtTheClaim_runsNothing() {
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        connection.repliesLeft = 0;
        ExternalIdempotency cut = ExternalIdempotency.of(fixture.engine(connection.store));
        assertThatThrownBy(() -> ask(cut)).isInstanceOf(StoreUnavailableException.class);
        assertThat(connection.calls).isEqualTo(3);
        assertThat(fixture.effects).isZero();
        assertThat(cut.counts().count(Kind.STORE_FAILED)).isEqualTo(1);
    }

    @Test
    void fault24_storeAwayAtTheEnd_isUnknownToAllFromThenOn() {
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        connection.repliesLeft = 1;
        ExternalIdempotency cut = ExternalIdempotency.of(fixture.engine(connection.store));
        assertThat(ask(cut)).isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
        fixture.time.advance(OVER);
        assertThat(ask(fixture.external())).isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
        assertThat(fixture.effects).isEqualTo(1);
    }

    /** An exception of the claim means that the work had no effect. One during the effect must not. */
    @Test
    void fault24_storeAwayDuringTheEffect_isNotReportedAsNotDone() throws Exception {
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        connection.repliesLeft = 1;
        ExternalIdempotency cut = ExternalIdempotency.of(fixture.engine(connection.store));
        assertThat(cut.execute(call, execution -> {
                    StoredResponse paid = fixture.pay();
                    execution.renew();
                    return paid;
                }))
                .isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
        connection.repliesLeft = 1;
        IdempotentCall other = call("other");
        assertThat(cut.executeAsync(other, execution -> {
                            fixture.pay();
                            execution.renew();
                            throw new AssertionError("not reached");
                        })
                        .get())
                .isEqualTo(new IdempotentResult.Unknown(other.storageKey()));
        connection.repliesLeft = 1;
        assertThatThrownBy(() -> cut.withExplicitEffectStart().execute(call("third"), execution -> {
                    execution.effectStarting();
                    return fixture.pay();
                }))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(fixture.effects).isEqualTo(2);
    }

    @Test
    void fault25_claimAppliedWithoutReply_isOwned() {
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        connection.repliesLeft = 0;
        connection.executesWithoutReply = true;
        connection.missingReplies = 1;
        assertThat(ask(ExternalIdempotency.of(fixture.engine(connection.store))))
                .isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.effects).isEqualTo(1);
        assertThat(fixture.record(call).claims()).isEqualTo(1);
    }

    /** The own claim was given up and resolved by other calls: the next claim needs a higher fence. */
    @Test
    void fault25_claimWithoutReplyThenResolved_getsANewFence() {
        long[] first = new long[1];
        AtomicBoolean wasSlow = new AtomicBoolean();
        IdempotencyStore slow = InterceptedStore.of(fixture.store).withPutIfAbsent((key, write) -> {
            IdempotencyStore.Put put = fixture.store.putIfAbsent(key, write);
            if (wasSlow.getAndSet(true)) {
                return put;
            }
            first[0] = fixture.record(call).ownerToken().fence();
            fixture.time.advance(Duration.ofSeconds(2));
            assertThat(ask(fixture.external())).isInstanceOf(IdempotentResult.Unknown.class);
            fixture.engine().resolve(call.storageKey(), Resolution.notDone(Resolution.Barred.FENCED));
            throw InterceptedStore.noReply();
        });
        IdempotencyEngine engine = fixture.engine(slow).withSettings(fixture.settings.withLease(Duration.ofSeconds(1)));
        assertThat(ask(ExternalIdempotency.of(engine))).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.record(call).ownerToken().fence()).isGreaterThan(first[0]);
        assertThat(fixture.effects).isEqualTo(1);
    }

    @Test
    void fault25_takeoverAppliedWithoutReply_isOwned() {
        ExternalIdempotency idempotency = fixture.external().withExplicitEffectStart();
        claimAndDie(true);
        fixture.time.advance(OVER);
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        connection.repliesLeft = 1;
        connection.executesWithoutReply = true;
        connection.missingReplies = 1;
        assertThat(ask(ExternalIdempotency.of(fixture.engine(connection.store)).withExplicitEffectStart()))
                .isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.record(call).claims()).isEqualTo(2);
    }

    @Test
    void fault26_completionWithoutReply_isRepeated() {
        for (boolean received : new boolean[] {true, false}) {
            IdempotentCall another = call("heard " + received);
            IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
            connection.repliesLeft = 1;
            connection.executesWithoutReply = received;
            connection.missingReplies = 1;
            ExternalIdempotency over = ExternalIdempotency.of(fixture.engine(connection.store));
            assertThat(over.execute(another, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Executed.class);
            assertThat(fixture.state(another)).isEqualTo(State.DONE);
        }
        assertThat(fixture.effects).isEqualTo(2);
    }

    /** The store has lost everything meanwhile; the event reports it. */
    @Test
    void fault27_recordLostInFlight_isReported() {
        InMemoryIdempotencyStore empty = InMemoryIdempotencyStore.of(Quota.defaults(), fixture.time);
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        IdempotencyStore forgetful = InterceptedStore.of(empty).withPutIfAbsent(connection.store::putIfAbsent);
        ExternalIdempotency idempotency = ExternalIdempotency.of(fixture.engine(forgetful));
        assertThat(idempotency.execute(call, execution -> fixture.pay()))
                .isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
        assertThat(idempotency.counts().count(Kind.LOST_OWNERSHIP)).isEqualTo(1);
        assertThat(empty.find(call.storageKey())).isEmpty();
    }

    @Test
    void fault46_workFailsToMakeItsResult_isUnknown() {
        ExternalIdempotency idempotency = fixture.external();
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    fixture.pay();
                    throw new IllegalArgumentException("cannot be serialised");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(ask(idempotency)).isInstanceOf(IdempotentResult.Unknown.class);
        assertThat(fixture.effects).isEqualTo(1);
    }

    /** Reconciled as "not there yet" while the owner pauses between recording the start and its effect. */
    @Test
    void fault56_sleptBeforeTheEffect_reconcileWithoutABar_staysUnknown() {
        ExternalIdempotency idempotency =
                fixture.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> Resolution.stillUnknown()));
        IdempotentResult slow = idempotency.execute(call, execution -> {
            fixture.time.advance(OVER);
            assertThat(ask(idempotency)).isInstanceOf(IdempotentResult.Unknown.class);
            return fixture.pay();
        });
        assertThat(slow).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.effects).isEqualTo(1);
    }

    /** The resource has seen a higher fence before the late effect. */
    @Test
    void fault56_sleptBeforeTheEffect_reconcileWithAFence_refusesTheLateOne() {
        long[] highest = {Long.MIN_VALUE};
        Work<Execution, RuntimeException> fenced = execution -> {
            if (execution.fence() < highest[0]) {
                throw new IllegalStateException("fence " + execution.fence() + " is too low");
            }
            return fixture.pay();
        };
        ExternalIdempotency idempotency = fixture.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> {
            highest[0] = unknown.ownerToken().fence() + 1;
            return Resolution.notDone(Resolution.Barred.FENCED);
        }));
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    fixture.time.advance(OVER);
                    assertThat(idempotency.execute(call, fenced)).isInstanceOf(IdempotentResult.Executed.class);
                    return fenced.run(execution);
                }))
                .hasMessageContaining("too low");
        assertThat(fixture.effects).isEqualTo(1);
        assertThat(fixture.state(call)).isEqualTo(State.DONE);
    }

    @Test
    void reconcile_found_isReplayedToAll() {
        claimAndDie(false);
        fixture.time.advance(OVER);
        ExternalIdempotency idempotency = fixture.external()
                .withCrashPolicy(CrashPolicy.reconcile(unknown -> Resolution.done(StoredResponse.of("found"))));
        assertThat(ask(idempotency))
                .isInstanceOfSatisfying(
                        IdempotentResult.Replayed.class,
                        replayed -> assertThat(replayed.response().text()).contains("found"));
        assertThat(fixture.effects).isZero();
        assertThat(idempotency.counts().count(Kind.RESOLVED)).isEqualTo(1);
    }

    @Test
    void reconcile_throws_staysUnknown() {
        claimAndDie(false);
        fixture.time.advance(OVER);
        ExternalIdempotency idempotency = fixture.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> {
            throw new IOException("down");
        }));
        assertThat(ask(idempotency)).isInstanceOf(IdempotentResult.Unknown.class);
        assertThat(idempotency.counts().count(Kind.CALLBACK_FAILED)).isEqualTo(1);
    }

    @Test
    void resolve_byHand_worksOnceAndOnlyOnUnknown() {
        IdempotencyEngine engine = fixture.engine();
        claimAndDie(false);
        assertThat(engine.resolve(call.storageKey(), Resolution.done(StoredResponse.empty())))
                .isFalse();
        fixture.time.advance(OVER);
        ask(fixture.external());
        assertThat(engine.resolve(call.storageKey(), Resolution.stillUnknown())).isFalse();
        assertThat(engine.resolve(call.storageKey(), Resolution.notDone(Resolution.Barred.OWNER_DEAD)))
                .isTrue();
        assertThat(engine.resolve(call.storageKey(), Resolution.done(StoredResponse.empty())))
                .isFalse();
        assertThat(ask(fixture.external())).isInstanceOf(IdempotentResult.Executed.class);
    }

    /** The record was wrongly resolved as not done: the late owner reports it. */
    @Test
    void resolve_wronglyNotDone_isAnAlarmWhenTheOwnerComesBack() {
        IdempotencyEngine engine = fixture.engine();
        ExternalIdempotency idempotency = ExternalIdempotency.of(engine);
        IdempotentResult late = idempotency.execute(call, execution -> {
            fixture.time.advance(OVER);
            ask(fixture.external());
            engine.resolve(call.storageKey(), Resolution.notDone(Resolution.Barred.OWNER_DEAD));
            return fixture.pay();
        });
        assertThat(late).isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
        assertThat(idempotency.counts().count(Kind.LOST_OWNERSHIP)).isEqualTo(1);
    }
}
