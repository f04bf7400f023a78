package dev.respite.idempotency;

import static dev.respite.idempotency.Bench.LEASE;
import static dev.respite.idempotency.Bench.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Processes that die, sleep too long, or lose their store, where the effect is outside of it. */
class CrashTest {

    private static final Duration OVER = LEASE.plusSeconds(1);

    private final Bench bench = new Bench();
    private final IdempotentCall call = call("k");

    /** A process that claims the key and is then seen no more. */
    private Owned claimAndDie(boolean announces) {
        Bench.Line line = bench.new Line();
        Claims claims = bench.claims(line)
                .withConduct(announces ? State.STARTED : State.EFFECT_STARTED, CrashPolicy.leaveUnknown());
        return ((Clerk.Claimed.Mine) claims.claim(call, call.storageKey())).owned();
    }

    private Answer ask(ExternalIdempotency idempotency) {
        return idempotency.execute(call, execution -> {
            execution.effectStarting();
            return bench.pay();
        });
    }

    @Test
    void fault02_deadBeforeItsEffectWasAnnounced_isTakenOverAfterTheLease() {
        ExternalIdempotency idempotency = bench.external().withEffectsAnnounced();
        claimAndDie(true);
        assertThat(ask(idempotency)).isInstanceOf(Answer.InProgress.class);
        bench.time.advance(OVER);
        assertThat(ask(idempotency)).isInstanceOf(Answer.Executed.class);
        assertThat(bench.effects).isEqualTo(1);
        assertThat(idempotency.counts().of(Kind.TOOK_OVER)).isEqualTo(1);
    }

    @Test
    void fault05_deadAfterItsEffectWasAnnounced_isUnknownAndNotRunAgain() {
        ExternalIdempotency idempotency = bench.external().withEffectsAnnounced();
        claimAndDie(true).effectStarting(bench.store);
        bench.time.advance(OVER);
        for (int i = 0; i < 3; i++) {
            assertThat(ask(idempotency)).isEqualTo(new Answer.Unknown(call.storageKey()));
            bench.time.advance(Duration.ofDays(30));
            bench.store.purge(100);
        }
        assertThat(bench.effects).isZero();
        assertThat(idempotency.counts().of(Kind.BECAME_UNKNOWN)).isEqualTo(1);
    }

    /** Work that announces nothing may have begun with its claim. */
    @Test
    void fault05_deadWithEffectsNotAnnounced_isUnknownAndNotRunAgain() {
        ExternalIdempotency idempotency = bench.external();
        claimAndDie(false);
        bench.time.advance(OVER);
        assertThat(ask(idempotency)).isEqualTo(new Answer.Unknown(call.storageKey()));
    }

    @Test
    void fault06_deadAfterTheEffect_runAgain_isAtLeastOnceWithAHigherFence() {
        ExternalIdempotency idempotency = bench.external().withCrashPolicy(CrashPolicy.runAgain());
        Owned dead = claimAndDie(false);
        bench.pay();
        bench.time.advance(OVER);
        long[] fence = new long[1];
        idempotency.execute(call, execution -> {
            fence[0] = execution.fence();
            return bench.pay();
        });
        assertThat(bench.effects).isEqualTo(2);
        assertThat(fence[0]).isGreaterThan(dead.ownership().fence());
    }

    @Test
    void fault10_sleptBeforeAnnouncing_runsNothingAndIsToldTheResult() {
        ExternalIdempotency idempotency = bench.external().withEffectsAnnounced();
        Answer slow = idempotency.execute(call, execution -> {
            if (bench.effects == 0) {
                bench.time.advance(OVER);
                ask(idempotency);
            }
            execution.effectStarting();
            return bench.pay();
        });
        assertThat(bench.effects).isEqualTo(1);
        assertThat(slow).isInstanceOf(Answer.Replayed.class);
        assertThat(idempotency.counts().of(Kind.LOST_OWNERSHIP)).isEqualTo(1);
    }

    /** As a database does while the owner's transaction is under way: the row is locked, and a takeover passes it by. */
    @Test
    void fault11_leaseOverButRecordHeldByItsOwner_isInProgress() {
        claimAndDie(true);
        bench.time.advance(OVER);
        Bench.Line line = bench.new Line();
        IdempotencyStore held = new LockedStore(line);
        assertThat(ask(ExternalIdempotency.of(bench.claims(held)).withEffectsAnnounced()))
                .isInstanceOf(Answer.InProgress.class);
        assertThat(line.asked).isEqualTo(2);
        assertThat(bench.effects).isZero();
    }

    @Test
    void fault12_ownerThatWasReplaced_changesNothing() {
        ExternalIdempotency idempotency = bench.external().withCrashPolicy(CrashPolicy.runAgain());
        Owned old = claimAndDie(false);
        bench.time.advance(OVER);
        ask(idempotency);
        IdempotencyRecord winner = bench.record(call);
        assertThat(old.complete(bench.store, StoredResponse.of("late"))).isFalse();
        assertThat(old.abandon(bench.store)).isFalse();
        assertThat(old.giveUp(bench.store)).isFalse();
        assertThat(old.renew(bench.store)).isEmpty();
        assertThat(old.effectStarting(bench.store)).isEmpty();
        assertThat(bench.record(call)).isEqualTo(winner);
    }

    @Test
    void fault12_workThatWasReplaced_isToldTheWinnersResult() {
        ExternalIdempotency idempotency = bench.external().withCrashPolicy(CrashPolicy.runAgain());
        Answer slow = idempotency.execute(call, execution -> {
            bench.time.advance(OVER);
            ask(idempotency);
            return StoredResponse.of("late");
        });
        assertThat(slow)
                .isInstanceOfSatisfying(
                        Answer.Replayed.class,
                        replayed -> assertThat(replayed.response().text()).contains("paid 1"));
        assertThat(bench.events)
                .anySatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                IdempotencyEvent.LostOwnership.class,
                                lost -> assertThat(lost.rolledBack()).isFalse()));
    }

    /** Slow, not dead: as long as nobody has run since, its word counts. */
    @Test
    void execute_givenUpAsUnknown_isDoneOnceItsOwnerComesBack() {
        ExternalIdempotency idempotency = bench.external();
        Answer slow = idempotency.execute(call, execution -> {
            bench.time.advance(OVER);
            assertThat(ask(idempotency)).isInstanceOf(Answer.Unknown.class);
            return bench.pay();
        });
        assertThat(slow).isEqualTo(new Answer.Executed(StoredResponse.of("paid 1")));
        assertThat(ask(idempotency)).isInstanceOf(Answer.Replayed.class);
        assertThat(bench.effects).isEqualTo(1);
    }

    @Test
    void execute_renewed_isNotTakenOver() {
        ExternalIdempotency idempotency = bench.external().withCrashPolicy(CrashPolicy.runAgain());
        idempotency.execute(call, execution -> {
            for (int i = 0; i < 5; i++) {
                bench.time.advance(LEASE.minusSeconds(1));
                assertThat(ask(idempotency)).isInstanceOf(Answer.InProgress.class);
                assertThat(execution.renew()).isTrue();
            }
            return bench.pay();
        });
        assertThat(bench.effects).isEqualTo(1);
    }

    @Test
    void fault23_storeAwayAtTheClaim_runsNothing() {
        Bench.Line line = bench.new Line();
        line.answers = 0;
        ExternalIdempotency cut = ExternalIdempotency.of(bench.claims(line));
        assertThatThrownBy(() -> ask(cut)).isInstanceOf(StoreUnavailableException.class);
        assertThat(line.asked).isEqualTo(3);
        assertThat(bench.effects).isZero();
        assertThat(cut.counts().of(Kind.STORE_FAILED)).isEqualTo(1);
    }

    @Test
    void fault24_storeAwayAtTheEnd_isUnknownToAllFromThenOn() {
        Bench.Line line = bench.new Line();
        line.answers = 1;
        ExternalIdempotency cut = ExternalIdempotency.of(bench.claims(line));
        assertThat(ask(cut)).isEqualTo(new Answer.Unknown(call.storageKey()));
        bench.time.advance(OVER);
        assertThat(ask(bench.external())).isEqualTo(new Answer.Unknown(call.storageKey()));
        assertThat(bench.effects).isEqualTo(1);
    }

    /** What is thrown from the claim says that nothing was done. From the midst of the effect, it must not. */
    @Test
    void fault24_storeAwayInTheMidstOfTheEffect_isNotTakenForNothingDone() throws Exception {
        Bench.Line line = bench.new Line();
        line.answers = 1;
        ExternalIdempotency cut = ExternalIdempotency.of(bench.claims(line));
        assertThat(cut.execute(call, execution -> {
                    StoredResponse paid = bench.pay();
                    execution.renew();
                    return paid;
                }))
                .isEqualTo(new Answer.Unknown(call.storageKey()));
        line.answers = 1;
        IdempotentCall other = call("other");
        assertThat(cut.executeAsync(other, execution -> {
                            bench.pay();
                            execution.renew();
                            throw new AssertionError("not reached");
                        })
                        .get())
                .isEqualTo(new Answer.Unknown(other.storageKey()));
        line.answers = 1;
        assertThatThrownBy(() -> cut.withEffectsAnnounced().execute(call("third"), execution -> {
                    execution.effectStarting();
                    return bench.pay();
                }))
                .isInstanceOf(StoreUnavailableException.class);
        assertThat(bench.effects).isEqualTo(2);
    }

    @Test
    void fault25_claimAppliedButNotAnswered_isOurs() {
        Bench.Line line = bench.new Line();
        line.answers = 0;
        line.isHeard = true;
        line.silences = 1;
        assertThat(ask(ExternalIdempotency.of(bench.claims(line)))).isInstanceOf(Answer.Executed.class);
        assertThat(bench.effects).isEqualTo(1);
        assertThat(bench.record(call).claims()).isEqualTo(1);
    }

    /** Its own claim, but given up and resolved by others meanwhile: whoever saw the old fence must see a higher one. */
    @Test
    void fault25_claimNotAnsweredThenResolved_getsANewFence() {
        long[] first = new long[1];
        IdempotencyStore slow = new SlowStore(bench.store, () -> {
            first[0] = bench.record(call).ownership().fence();
            bench.time.advance(Duration.ofSeconds(2));
            assertThat(ask(bench.external())).isInstanceOf(Answer.Unknown.class);
            bench.claims().resolve(call.storageKey(), Resolution.notDone(Resolution.Barred.FENCED));
        });
        Claims claims = bench.claims(slow).with(bench.settings.withLease(Duration.ofSeconds(1)));
        assertThat(ask(ExternalIdempotency.of(claims))).isInstanceOf(Answer.Executed.class);
        assertThat(bench.record(call).ownership().fence()).isGreaterThan(first[0]);
        assertThat(bench.effects).isEqualTo(1);
    }

    @Test
    void fault25_takeoverAppliedButNotAnswered_isOurs() {
        ExternalIdempotency idempotency = bench.external().withEffectsAnnounced();
        claimAndDie(true);
        bench.time.advance(OVER);
        Bench.Line line = bench.new Line();
        line.answers = 1;
        line.isHeard = true;
        line.silences = 1;
        assertThat(ask(ExternalIdempotency.of(bench.claims(line)).withEffectsAnnounced()))
                .isInstanceOf(Answer.Executed.class);
        assertThat(bench.record(call).claims()).isEqualTo(2);
    }

    @Test
    void fault26_completionNotAnswered_isSentAgain() {
        for (boolean heard : new boolean[] {true, false}) {
            IdempotentCall another = call("heard " + heard);
            Bench.Line line = bench.new Line();
            line.answers = 1;
            line.isHeard = heard;
            line.silences = 1;
            ExternalIdempotency over = ExternalIdempotency.of(bench.claims(line));
            assertThat(over.execute(another, execution -> bench.pay())).isInstanceOf(Answer.Executed.class);
            assertThat(bench.state(another)).isEqualTo(State.DONE);
        }
        assertThat(bench.effects).isEqualTo(2);
    }

    /** The store has lost everything meanwhile: nothing can help, but it is noticed. */
    @Test
    void fault27_recordLostInFlight_isReported() {
        InMemoryIdempotencyStore empty = InMemoryIdempotencyStore.of(Quota.defaults(), bench.time);
        Bench.Line line = bench.new Line();
        IdempotencyStore forgetful = new ForgetfulStore(line, empty);
        ExternalIdempotency idempotency = ExternalIdempotency.of(bench.claims(forgetful));
        assertThat(idempotency.execute(call, execution -> bench.pay()))
                .isEqualTo(new Answer.Unknown(call.storageKey()));
        assertThat(idempotency.counts().of(Kind.LOST_OWNERSHIP)).isEqualTo(1);
        assertThat(empty.find(call.storageKey())).isEmpty();
    }

    @Test
    void fault46_workFailsToMakeItsResult_isUnknown() {
        ExternalIdempotency idempotency = bench.external();
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    bench.pay();
                    throw new IllegalArgumentException("cannot be serialised");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(ask(idempotency)).isInstanceOf(Answer.Unknown.class);
        assertThat(bench.effects).isEqualTo(1);
    }

    /** Reconciled as "not there yet" while the owner sleeps between announcing and doing. */
    @Test
    void fault56_sleptBeforeTheEffect_reconcileWithoutABar_staysUnknown() {
        ExternalIdempotency idempotency =
                bench.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> Resolution.stillUnknown()));
        Answer slow = idempotency.execute(call, execution -> {
            bench.time.advance(OVER);
            assertThat(ask(idempotency)).isInstanceOf(Answer.Unknown.class);
            return bench.pay();
        });
        assertThat(slow).isInstanceOf(Answer.Executed.class);
        assertThat(bench.effects).isEqualTo(1);
    }

    /** The resource has seen a higher fence by the time the late one comes. */
    @Test
    void fault56_sleptBeforeTheEffect_reconcileWithAFence_refusesTheLateOne() {
        long[] highest = {Long.MIN_VALUE};
        Work<Execution, RuntimeException> fenced = execution -> {
            if (execution.fence() < highest[0]) {
                throw new IllegalStateException("fence " + execution.fence() + " is too low");
            }
            return bench.pay();
        };
        ExternalIdempotency idempotency = bench.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> {
            highest[0] = unknown.ownership().fence() + 1;
            return Resolution.notDone(Resolution.Barred.FENCED);
        }));
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    bench.time.advance(OVER);
                    assertThat(idempotency.execute(call, fenced)).isInstanceOf(Answer.Executed.class);
                    return fenced.run(execution);
                }))
                .hasMessageContaining("too low");
        assertThat(bench.effects).isEqualTo(1);
        assertThat(bench.state(call)).isEqualTo(State.DONE);
    }

    @Test
    void reconcile_found_isToldToAll() {
        claimAndDie(false);
        bench.time.advance(OVER);
        ExternalIdempotency idempotency = bench.external()
                .withCrashPolicy(CrashPolicy.reconcile(unknown -> Resolution.done(StoredResponse.of("found"))));
        assertThat(ask(idempotency))
                .isInstanceOfSatisfying(
                        Answer.Replayed.class,
                        replayed -> assertThat(replayed.response().text()).contains("found"));
        assertThat(bench.effects).isZero();
        assertThat(idempotency.counts().of(Kind.RESOLVED)).isEqualTo(1);
    }

    @Test
    void reconcile_throws_hasFoundOutNothing() {
        claimAndDie(false);
        bench.time.advance(OVER);
        ExternalIdempotency idempotency = bench.external().withCrashPolicy(CrashPolicy.reconcile(unknown -> {
            throw new IOException("down");
        }));
        assertThat(ask(idempotency)).isInstanceOf(Answer.Unknown.class);
        assertThat(idempotency.counts().of(Kind.PART_FAILED)).isEqualTo(1);
    }

    @Test
    void resolve_byHand_worksOnceAndOnlyOnUnknown() {
        Claims claims = bench.claims();
        claimAndDie(false);
        assertThat(claims.resolve(call.storageKey(), Resolution.done(StoredResponse.empty())))
                .isFalse();
        bench.time.advance(OVER);
        ask(bench.external());
        assertThat(claims.resolve(call.storageKey(), Resolution.stillUnknown())).isFalse();
        assertThat(claims.resolve(call.storageKey(), Resolution.notDone(Resolution.Barred.OWNER_DEAD)))
                .isTrue();
        assertThat(claims.resolve(call.storageKey(), Resolution.done(StoredResponse.empty())))
                .isFalse();
        assertThat(ask(bench.external())).isInstanceOf(Answer.Executed.class);
    }

    /** Somebody said that nothing was done, and was wrong: the late owner does not hide it. */
    @Test
    void resolve_wronglyNotDone_isAnAlarmWhenTheOwnerComesBack() {
        Claims claims = bench.claims();
        ExternalIdempotency idempotency = ExternalIdempotency.of(claims);
        Answer late = idempotency.execute(call, execution -> {
            bench.time.advance(OVER);
            ask(bench.external());
            claims.resolve(call.storageKey(), Resolution.notDone(Resolution.Barred.OWNER_DEAD));
            return bench.pay();
        });
        assertThat(late).isEqualTo(new Answer.Unknown(call.storageKey()));
        assertThat(idempotency.counts().of(Kind.LOST_OWNERSHIP)).isEqualTo(1);
    }

    /** Its first write is done, and answered so late that others have been there. */
    private static final class SlowStore implements IdempotencyStore {
        private final IdempotencyStore store;
        private final Runnable meanwhile;
        private boolean wasSlow;

        SlowStore(IdempotencyStore store, Runnable meanwhile) {
            this.store = store;
            this.meanwhile = meanwhile;
        }

        @Override
        public Put putIfAbsent(StorageKey key, Draft draft) {
            Put put = store.putIfAbsent(key, draft);
            if (wasSlow) {
                return put;
            }
            wasSlow = true;
            meanwhile.run();
            throw new StoreUnavailableException("no answer", new IOException("timeout"));
        }

        @Override
        public Swap compareAndSet(Expectation expected, Draft draft) {
            return store.compareAndSet(expected, draft);
        }

        @Override
        public Optional<IdempotencyRecord> find(StorageKey key) {
            return store.find(key);
        }

        @Override
        public int purge(int atMost) {
            return 0;
        }
    }

    /** Every record is locked by its owner. */
    private record LockedStore(IdempotencyStore store) implements IdempotencyStore {
        @Override
        public Put putIfAbsent(StorageKey key, Draft draft) {
            return store.putIfAbsent(key, draft);
        }

        @Override
        public Swap compareAndSet(Expectation expected, Draft draft) {
            Found found = (Found) store.putIfAbsent(expected.ownership().key(), draft);
            return new Refused(Optional.of(found.record()), found.storeNow());
        }

        @Override
        public Optional<IdempotencyRecord> find(StorageKey key) {
            return store.find(key);
        }

        @Override
        public int purge(int atMost) {
            return 0;
        }
    }

    /** Claims in one store; everything after that happens in another. */
    private record ForgetfulStore(IdempotencyStore first, IdempotencyStore then) implements IdempotencyStore {
        @Override
        public Put putIfAbsent(StorageKey key, Draft draft) {
            return first.putIfAbsent(key, draft);
        }

        @Override
        public Swap compareAndSet(Expectation expected, Draft draft) {
            return then.compareAndSet(expected, draft);
        }

        @Override
        public Optional<IdempotencyRecord> find(StorageKey key) {
            return then.find(key);
        }

        @Override
        public int purge(int atMost) {
            return 0;
        }
    }
}
