package dev.respite.idempotency;

import static dev.respite.idempotency.Bench.LEASE;
import static dev.respite.idempotency.Bench.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalIdempotencyTest {

    private final Bench bench = new Bench();
    private final ExternalIdempotency idempotency = bench.external();
    private final IdempotentCall call = call("k");

    @Test
    void execute_twice_runsOnceAndReplays() {
        Answer first = idempotency.execute(call, execution -> bench.pay());
        Answer second = idempotency.execute(call, execution -> bench.pay());
        assertThat(bench.effects).isEqualTo(1);
        assertThat(first).isEqualTo(new Answer.Executed(StoredResponse.of("paid 1")));
        assertThat(second)
                .isInstanceOfSatisfying(
                        Answer.Replayed.class,
                        again -> assertThat(again.response()).isEqualTo(StoredResponse.of("paid 1")));
        assertThat(idempotency.counts().of(Kind.EXECUTED)).isEqualTo(1);
        assertThat(idempotency.counts().of(Kind.REPLAYED)).isEqualTo(1);
    }

    @Test
    void execute_firstAndReplay_askTheStoreTwiceAndOnce() {
        Bench.Line line = bench.new Line();
        ExternalIdempotency over = ExternalIdempotency.of(bench.claims(line));
        over.execute(call, execution -> bench.pay());
        assertThat(line.asked).isEqualTo(2);
        over.execute(call, execution -> bench.pay());
        assertThat(line.asked).isEqualTo(3);
    }

    @Test
    void execute_whileAnotherIsAtIt_isInProgress() {
        Answer[] inner = new Answer[1];
        idempotency.execute(call, execution -> {
            inner[0] = bench.external().execute(call, other -> bench.pay());
            return bench.pay();
        });
        assertThat(inner[0]).isEqualTo(new Answer.InProgress(Duration.ofSeconds(1)));
        assertThat(bench.effects).isEqualTo(1);
    }

    @Test
    void execute_workThrows_passesItOnAndLeavesTheKeyUnknown() {
        IOException failure = new IOException("reset after it was sent");
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    bench.pay();
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
        assertThat(idempotency.execute(call, execution -> bench.pay()))
                .isEqualTo(new Answer.Unknown(call.storageKey()));
        assertThat(bench.effects).isEqualTo(1);
        assertThat(idempotency.counts().of(Kind.BECAME_UNKNOWN)).isEqualTo(1);
    }

    @Test
    void fault45_errorAndInterrupt_areRecordedAndPassedOn() {
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    execution.noEffect();
                    Thread.currentThread().interrupt();
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(bench.state(call)).isEqualTo(State.READY);
        assertThat(idempotency.execute(call, execution -> bench.pay())).isInstanceOf(Answer.Executed.class);
    }

    @Test
    void execute_interruptedWork_isRecordedAndStaysInterrupted() {
        ExternalIdempotency overALine = ExternalIdempotency.of(bench.claims(bench.new Line()));
        Answer answer = overALine.execute(call, execution -> {
            Thread.currentThread().interrupt();
            return bench.pay();
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer).isInstanceOf(Answer.Executed.class);
        assertThat(bench.state(call)).isEqualTo(State.DONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 401, 403, 408, 425, 429})
    void execute_responseThatIsNoResult_isToldOnceAndLeavesTheKeyUnknown(int status) {
        StoredResponse response = StoredResponse.of(status, Map.of(), new byte[0]);
        assertThat(idempotency.execute(call, execution -> response)).isEqualTo(new Answer.Unsettled(response));
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 204, 301, 400, 404, 409, 422})
    void execute_responseThatIsAResult_isToldAgain(int status) {
        StoredResponse response = StoredResponse.of(status, Map.of(), new byte[0]);
        assertThat(idempotency.execute(call, execution -> response)).isEqualTo(new Answer.Executed(response));
        assertThat(bench.record(call).response()).contains(response);
    }

    @Test
    void execute_noEffect_canBeRunAgain() {
        Answer answer = idempotency.execute(call, execution -> {
            execution.noEffect();
            return StoredResponse.of(503, Map.of(), new byte[0]);
        });
        assertThat(answer).isInstanceOf(Answer.NotDone.class);
        assertThat(idempotency.execute(call, execution -> bench.pay())).isInstanceOf(Answer.Executed.class);
        assertThat(bench.record(call).claims()).isEqualTo(2);
    }

    @Test
    void execute_otherFingerprint_isRefusedInEveryState() {
        IdempotentCall other = call("alice", "pay", "k", 2);
        idempotency.execute(call, execution -> {
            assertMismatch(other);
            execution.noEffect();
            return bench.pay();
        });
        assertThat(bench.state(call)).isEqualTo(State.READY);
        assertMismatch(other);
        bench.external().withEffectsAnnounced().execute(call, execution -> {
            assertMismatch(other);
            execution.effectStarting();
            bench.time.advance(LEASE.multipliedBy(2));
            // After the lease: neither taken over nor given up for one that asks for something else.
            assertMismatch(other);
            return bench.pay();
        });
        assertMismatch(other);
    }

    private void assertMismatch(IdempotentCall other) {
        assertThat(bench.external().execute(other, execution -> bench.pay())).isEqualTo(new Answer.Mismatch());
    }

    @Test
    void fault35_otherOperationOrScope_isIndependent() {
        idempotency.execute(call, execution -> bench.pay());
        idempotency.execute(call("alice", "refund", "k", 1), execution -> bench.pay());
        Answer mallory = idempotency.execute(call("mallory", "pay", "k", 1), execution -> bench.pay());
        assertThat(mallory).isEqualTo(new Answer.Executed(StoredResponse.of("paid 3")));
    }

    @Test
    void fault51_nestedCallsWithEqualKeys_bothComplete() {
        Answer outer = idempotency.execute(call, execution -> {
            Answer inner = idempotency.execute(call("alice", "audit", "k", 1), other -> bench.pay());
            assertThat(inner).isInstanceOf(Answer.Executed.class);
            return bench.pay();
        });
        assertThat(outer).isInstanceOf(Answer.Executed.class);
        assertThat(bench.effects).isEqualTo(2);
    }

    @Test
    void fault52_recordOfAnOlderVersion_isComparedInItsOwn() {
        Fingerprint old = Fingerprint.of("1", new byte[] {1});
        Fingerprint now = Fingerprint.of("2", new byte[] {1});
        idempotency.execute(call, execution -> bench.pay());
        IdempotentCall both = new IdempotentCall(call.scope(), call.operation(), call.key(), List.of(now, old));
        assertThat(idempotency.execute(both, execution -> bench.pay())).isInstanceOf(Answer.Replayed.class);
        IdempotentCall onlyNew = new IdempotentCall(call.scope(), call.operation(), call.key(), List.of(now));
        assertThat(idempotency.execute(onlyNew, execution -> bench.pay())).isEqualTo(new Answer.Mismatch());
    }

    @Test
    void fault37_lateDuplicateAfterPurge_isExpiredIfItsKeyHasATime() {
        IdempotentCall timed = call(bench.minted(Duration.ZERO));
        IdempotentCall opaque = call("opaque");
        idempotency.execute(timed, execution -> bench.pay());
        idempotency.execute(opaque, execution -> bench.pay());
        bench.time.advance(Duration.ofHours(25));
        bench.store.purge(100);
        assertThat(idempotency.execute(timed, execution -> bench.pay())).isEqualTo(new Answer.Expired());
        // As documented: nobody can tell that it was run.
        assertThat(idempotency.execute(opaque, execution -> bench.pay())).isInstanceOf(Answer.Executed.class);
        assertThat(bench.effects).isEqualTo(3);
    }

    @Test
    void execute_keyDatedAhead_isRefusedBeyondTheSkew() {
        assertThat(idempotency.execute(call(bench.minted(Duration.ofMinutes(6))), execution -> bench.pay()))
                .isEqualTo(new Answer.Postdated());
        assertThat(idempotency.execute(call(bench.minted(Duration.ofMinutes(4))), execution -> bench.pay()))
                .isInstanceOf(Answer.Executed.class);
    }

    /** Every millisecond around the end of the retention: a replay or "expired", never a second run. */
    @Test
    void fault38_duplicateAtExpiry_neverRunsAgain() {
        IdempotentCall timed = call(bench.minted(Duration.ZERO));
        idempotency.execute(timed, execution -> bench.pay());
        bench.time.advance(Duration.ofHours(24).minusMillis(5));
        for (int i = 0; i < 20; i++) {
            Answer answer = idempotency.execute(timed, execution -> bench.pay());
            assertThat(answer).isInstanceOfAny(Answer.Replayed.class, Answer.Expired.class);
            bench.time.advance(Duration.ofNanos(500_000));
            bench.store.purge(100);
        }
        assertThat(bench.effects).isEqualTo(1);
    }

    @Test
    void fault33_waitingLongerThanItsPatience_isToldThatItIsInProgress() {
        ExternalIdempotency patient =
                ExternalIdempotency.of(bench.claims().with(bench.settings.withWaitAtMost(Duration.ofSeconds(2))));
        Answer[] waiter = new Answer[1];
        idempotency.execute(call, execution -> {
            long before = bench.time.nanoTime();
            waiter[0] = patient.execute(call, other -> bench.pay());
            assertThat(Duration.ofNanos(bench.time.nanoTime() - before)).isEqualTo(Duration.ofSeconds(2));
            return bench.pay();
        });
        assertThat(waiter[0]).isInstanceOf(Answer.InProgress.class);
        assertThat(bench.state(call)).isEqualTo(State.DONE);
        assertThat(bench.effects).isEqualTo(1);
    }

    @Test
    void execute_resultComesWhileWaiting_isReplayed() {
        ExternalIdempotency patient =
                ExternalIdempotency.of(bench.claims().with(bench.settings.withWaitAtMost(Duration.ofSeconds(2))));
        Clerk.Claimed.Mine mine = (Clerk.Claimed.Mine) bench.claims().claim(call, call.storageKey());
        var unused = bench.time.schedule(
                () -> mine.owned().complete(bench.store, bench.pay()),
                Duration.ofSeconds(1).toNanos());
        assertThat(patient.execute(call, other -> bench.pay())).isInstanceOf(Answer.Replayed.class);
        assertThat(bench.effects).isEqualTo(1);
    }

    @Test
    void execute_bodyOverTheCap_isToldOnceAndRebuiltThen() {
        ExternalIdempotency small = ExternalIdempotency.of(bench.claims().with(bench.settings.withBodyCap(3)));
        StoredResponse large = StoredResponse.of("four").withEffectRef("payment 1");
        assertThat(small.execute(call, execution -> large)).isEqualTo(new Answer.Executed(large));
        Answer again = small.execute(call, execution -> bench.pay());
        assertThat(again)
                .isInstanceOfSatisfying(
                        Answer.Replayed.class,
                        replayed -> assertThat(replayed.response()).isEqualTo(large.withoutBody()));
        ExternalIdempotency rebuilding = ExternalIdempotency.of(bench.claims()
                .withRebuilder(record -> StoredResponse.of(
                        "rebuilt " + record.response().orElseThrow().effectRef().orElseThrow())));
        assertThat(rebuilding.execute(call, execution -> bench.pay()))
                .isInstanceOfSatisfying(
                        Answer.Replayed.class,
                        replayed -> assertThat(replayed.response().text()).contains("rebuilt payment 1"));
        assertThat(bench.effects).isZero();
    }

    @Test
    void execute_rebuilderOrListenerThrows_changesNothing() {
        IdempotencyListener broken = event -> {
            throw new IllegalStateException("listener");
        };
        Rebuilder failing = record -> {
            throw new IOException("rebuilder");
        };
        ExternalIdempotency small = ExternalIdempotency.of(bench.claims()
                .with(bench.settings.withBodyCap(0))
                .withRebuilder(failing)
                .withListener(broken));
        small.execute(call, execution -> bench.pay());
        assertThat(small.execute(call, execution -> bench.pay())).isInstanceOf(Answer.Replayed.class);
        assertThat(small.counts().of(Kind.PART_FAILED)).isEqualTo(1);
    }
}
