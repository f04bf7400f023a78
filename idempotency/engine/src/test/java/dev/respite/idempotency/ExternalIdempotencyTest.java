package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.LEASE;
import static dev.respite.idempotency.IdempotencyFixture.call;
import static dev.respite.testsupport.ForeignFailures.foreign;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.IdempotencyCounts.Kind;
import dev.respite.idempotency.store.Fingerprint;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.idempotency.store.StoredResponse;
import dev.respite.testsupport.LogLines;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalIdempotencyTest {

    private final IdempotencyFixture fixture = new IdempotencyFixture();
    private final ExternalIdempotency idempotency = fixture.external();
    private final IdempotentCall call = call("k");

    @Test
    void execute_twice_runsOnceAndReplays() {
        IdempotentResult first = idempotency.execute(call, execution -> fixture.pay());
        IdempotentResult second = idempotency.execute(call, execution -> fixture.pay());
        assertThat(fixture.effects).isEqualTo(1);
        assertThat(first).isEqualTo(new IdempotentResult.Executed(StoredResponse.of("paid 1")));
        assertThat(second)
                .isInstanceOfSatisfying(
                        IdempotentResult.Replayed.class,
                        again -> assertThat(again.response()).isEqualTo(StoredResponse.of("paid 1")));
        assertThat(idempotency.counts().count(Kind.EXECUTED)).isEqualTo(1);
        assertThat(idempotency.counts().count(Kind.REPLAYED)).isEqualTo(1);
    }

    @Test
    void execute_firstAndReplay_queryTheStoreTwiceAndOnce() {
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        ExternalIdempotency over = ExternalIdempotency.of(fixture.engine(connection.store));
        over.execute(call, execution -> fixture.pay());
        assertThat(connection.calls).isEqualTo(2);
        over.execute(call, execution -> fixture.pay());
        assertThat(connection.calls).isEqualTo(3);
    }

    @Test
    void execute_whileAnotherCallRuns_isInProgress() {
        IdempotentResult[] inner = new IdempotentResult[1];
        idempotency.execute(call, execution -> {
            inner[0] = fixture.external().execute(call, other -> fixture.pay());
            return fixture.pay();
        });
        assertThat(inner[0]).isEqualTo(new IdempotentResult.InProgress(Duration.ofSeconds(1)));
        assertThat(fixture.effects).isEqualTo(1);
    }

    @Test
    void execute_workThrows_passesItOnAndLeavesTheKeyUnknown() {
        IOException failure = new IOException("reset after it was sent");
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    fixture.pay();
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
        assertThat(idempotency.execute(call, execution -> fixture.pay()))
                .isEqualTo(new IdempotentResult.Unknown(call.storageKey()));
        assertThat(fixture.effects).isEqualTo(1);
        assertThat(idempotency.counts().count(Kind.BECAME_UNKNOWN)).isEqualTo(1);
        assertThat(idempotency.counts().count(Kind.FAILED)).isEqualTo(1);
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
        assertThat(fixture.state(call)).isEqualTo(State.READY);
        assertThat(idempotency.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Executed.class);
    }

    @Test
    void execute_interruptedWork_isRecordedAndStaysInterrupted() {
        ExternalIdempotency overAConnection =
                ExternalIdempotency.of(fixture.engine(fixture.new StoreConnection().store));
        IdempotentResult result = overAConnection.execute(call, execution -> {
            Thread.currentThread().interrupt();
            return fixture.pay();
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.state(call)).isEqualTo(State.DONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503, 401, 403, 408, 425, 429})
    void execute_responseThatIsNoResult_isReturnedOnceAndLeavesTheKeyUnknown(int status) {
        StoredResponse response = StoredResponse.of(status, Map.of(), new byte[0]);
        assertThat(idempotency.execute(call, execution -> response))
                .isEqualTo(new IdempotentResult.FailedWithUnknownEffect(response));
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 204, 301, 400, 404, 406, 409, 422})
    void execute_responseThatIsAResult_isReplayed(int status) {
        StoredResponse response = StoredResponse.of(status, Map.of(), new byte[0]);
        assertThat(idempotency.execute(call, execution -> response)).isEqualTo(new IdempotentResult.Executed(response));
        assertThat(fixture.record(call).response()).contains(response);
    }

    @Test
    void execute_successOfAFailure_leavesTheKeyUnknown() {
        StoredResponse failed = StoredResponse.of(202, Map.of(), new byte[0]).ofFailure();
        assertThat(idempotency.execute(call, execution -> failed))
                .isEqualTo(new IdempotentResult.FailedWithUnknownEffect(failed));
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void execute_noEffect_canBeRunAgain() {
        IdempotentResult result = idempotency.execute(call, execution -> {
            execution.noEffect();
            return StoredResponse.of(503, Map.of(), new byte[0]);
        });
        assertThat(result).isInstanceOf(IdempotentResult.NotDone.class);
        assertThat(idempotency.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.record(call).claims()).isEqualTo(2);
    }

    @Test
    void execute_responseOfWorkThatWasNotBegun_leavesTheKeyToAnotherRequest() {
        StoredResponse unreadable =
                StoredResponse.of(415, Map.of(), new byte[0]).withoutEffect();
        assertThat(idempotency.execute(call, execution -> unreadable))
                .isEqualTo(new IdempotentResult.NotDone(unreadable));
        assertThat(fixture.record(call).isVacant()).isTrue();
        IdempotentCall corrected = call("alice", "pay", "k", 2);
        assertThat(idempotency.execute(corrected, execution -> fixture.pay()))
                .isInstanceOf(IdempotentResult.Executed.class);
        assertMismatch(call);
        assertThat(fixture.record(call).claims()).isEqualTo(1);
    }

    @Test
    void execute_workThatWasNotBegunAfterAClaimThatWas_leavesTheKeyToItsRequest() {
        idempotency.execute(call, execution -> {
            execution.noEffect();
            return StoredResponse.of(503, Map.of(), new byte[0]);
        });
        idempotency.execute(
                call, execution -> StoredResponse.of(415, Map.of(), new byte[0]).withoutEffect());
        assertThat(fixture.record(call).claims()).isEqualTo(1);
        assertMismatch(call("alice", "pay", "k", 2));
        assertThat(idempotency.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Executed.class);
    }

    @Test
    void execute_responseWithoutEffectAfterTheStartOfOne_leavesTheKeyUnknown() {
        StoredResponse wrong = StoredResponse.of(400, Map.of(), new byte[0]).withoutEffect();
        IdempotentResult result = idempotency.execute(call, execution -> {
            execution.effectStarting();
            return wrong;
        });
        assertThat(result).isEqualTo(new IdempotentResult.FailedWithUnknownEffect(wrong));
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void execute_otherFingerprint_isRejectedInEveryState() {
        IdempotentCall other = call("alice", "pay", "k", 2);
        idempotency.execute(call, execution -> {
            assertMismatch(other);
            execution.noEffect();
            return fixture.pay();
        });
        assertThat(fixture.state(call)).isEqualTo(State.READY);
        assertMismatch(other);
        fixture.external().withExplicitEffectStart().execute(call, execution -> {
            assertMismatch(other);
            execution.effectStarting();
            fixture.time.advance(LEASE.multipliedBy(2));
            // After the lease: a call with another fingerprint does not change the record.
            assertMismatch(other);
            return fixture.pay();
        });
        assertMismatch(other);
    }

    private void assertMismatch(IdempotentCall other) {
        assertThat(fixture.external().execute(other, execution -> fixture.pay()))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.MISMATCH));
    }

    @Test
    void fault35_otherOperationOrScope_isIndependent() {
        idempotency.execute(call, execution -> fixture.pay());
        idempotency.execute(call("alice", "refund", "k", 1), execution -> fixture.pay());
        IdempotentResult mallory = idempotency.execute(call("mallory", "pay", "k", 1), execution -> fixture.pay());
        assertThat(mallory).isEqualTo(new IdempotentResult.Executed(StoredResponse.of("paid 3")));
    }

    @Test
    void fault51_nestedCallsWithEqualKeys_bothComplete() {
        IdempotentResult outer = idempotency.execute(call, execution -> {
            IdempotentResult inner = idempotency.execute(call("alice", "audit", "k", 1), other -> fixture.pay());
            assertThat(inner).isInstanceOf(IdempotentResult.Executed.class);
            return fixture.pay();
        });
        assertThat(outer).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.effects).isEqualTo(2);
    }

    @Test
    void fault52_recordOfAnOlderVersion_isComparedInItsOwn() {
        Fingerprint old = Fingerprint.of("1", new byte[] {1});
        Fingerprint now = Fingerprint.of("2", new byte[] {1});
        idempotency.execute(call, execution -> fixture.pay());
        IdempotentCall both = new IdempotentCall(call.scope(), call.operation(), call.key(), List.of(now, old));
        assertThat(idempotency.execute(both, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Replayed.class);
        IdempotentCall onlyNew = new IdempotentCall(call.scope(), call.operation(), call.key(), List.of(now));
        assertThat(idempotency.execute(onlyNew, execution -> fixture.pay()))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.MISMATCH));
    }

    @Test
    void fault37_lateDuplicateAfterPurge_isExpiredIfItsKeyHasATime() {
        IdempotentCall timed = call(fixture.minted(Duration.ZERO));
        IdempotentCall opaque = call("opaque");
        idempotency.execute(timed, execution -> fixture.pay());
        idempotency.execute(opaque, execution -> fixture.pay());
        fixture.time.advance(Duration.ofHours(25));
        fixture.store.purge(100);
        assertThat(idempotency.execute(timed, execution -> fixture.pay()))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.EXPIRED));
        // As documented: an earlier execution is not detected.
        assertThat(idempotency.execute(opaque, execution -> fixture.pay()))
                .isInstanceOf(IdempotentResult.Executed.class);
        assertThat(fixture.effects).isEqualTo(3);
    }

    @Test
    void execute_keyDatedAhead_isRejectedBeyondTheSkew() {
        assertThat(idempotency.execute(call(fixture.minted(Duration.ofMinutes(6))), execution -> fixture.pay()))
                .isEqualTo(new IdempotentResult.Rejected(IdempotentResult.Reason.KEY_FROM_FUTURE));
        assertThat(idempotency.execute(call(fixture.minted(Duration.ofMinutes(4))), execution -> fixture.pay()))
                .isInstanceOf(IdempotentResult.Executed.class);
    }

    /** Every millisecond around the end of the retention: a replay or "expired", never a second run. */
    @Test
    void fault38_duplicateAtExpiry_neverRunsAgain() {
        IdempotentCall timed = call(fixture.minted(Duration.ZERO));
        idempotency.execute(timed, execution -> fixture.pay());
        fixture.time.advance(Duration.ofHours(24).minusMillis(5));
        for (int i = 0; i < 20; i++) {
            IdempotentResult result = idempotency.execute(timed, execution -> fixture.pay());
            assertThat(result).isInstanceOfAny(IdempotentResult.Replayed.class, IdempotentResult.Rejected.class);
            fixture.time.advance(Duration.ofNanos(500_000));
            fixture.store.purge(100);
        }
        assertThat(fixture.effects).isEqualTo(1);
    }

    @Test
    void fault33_waitingLongerThanMaxWait_isInProgress() {
        ExternalIdempotency patient = ExternalIdempotency.of(
                fixture.engine().withSettings(fixture.settings.withMaxWait(Duration.ofSeconds(2))));
        IdempotentResult[] waiter = new IdempotentResult[1];
        idempotency.execute(call, execution -> {
            long before = fixture.time.nanoTime();
            waiter[0] = patient.execute(call, other -> fixture.pay());
            assertThat(Duration.ofNanos(fixture.time.nanoTime() - before)).isEqualTo(Duration.ofSeconds(2));
            return fixture.pay();
        });
        assertThat(waiter[0]).isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(fixture.state(call)).isEqualTo(State.DONE);
        assertThat(fixture.effects).isEqualTo(1);
    }

    @Test
    void execute_resultComesWhileWaiting_isReplayed() {
        ExternalIdempotency patient = ExternalIdempotency.of(
                fixture.engine().withSettings(fixture.settings.withMaxWait(Duration.ofSeconds(2))));
        OwnedRecord owned = fixture.owned(call);
        var unused = fixture.time.schedule(
                () -> owned.complete(fixture.store, fixture.pay()),
                Duration.ofSeconds(1).toNanos());
        assertThat(patient.execute(call, other -> fixture.pay())).isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(fixture.effects).isEqualTo(1);
    }

    @Test
    void execute_bodyOverTheCap_isReturnedOnceAndRebuiltThen() {
        ExternalIdempotency small =
                ExternalIdempotency.of(fixture.engine().withSettings(fixture.settings.withMaxStoredBody(3)));
        StoredResponse large = StoredResponse.of("four").withEffectRef("payment 1");
        assertThat(small.execute(call, execution -> large)).isEqualTo(new IdempotentResult.Executed(large));
        IdempotentResult again = small.execute(call, execution -> fixture.pay());
        assertThat(again)
                .isInstanceOfSatisfying(
                        IdempotentResult.Replayed.class,
                        replayed -> assertThat(replayed.response()).isEqualTo(large.withoutBody()));
        assertThat(small.counts().byKind())
                .isEqualTo(Map.of(Kind.EXECUTED, 1L, Kind.BODY_NOT_KEPT, 1L, Kind.REPLAYED, 1L));
        ExternalIdempotency rebuilding = ExternalIdempotency.of(fixture.engine()
                .withRebuilder(record -> StoredResponse.of(
                        "rebuilt " + record.response().orElseThrow().effectRef().orElseThrow())));
        assertThat(rebuilding.execute(call, execution -> fixture.pay()))
                .isInstanceOfSatisfying(
                        IdempotentResult.Replayed.class,
                        replayed -> assertThat(replayed.response().text()).contains("rebuilt payment 1"));
        assertThat(fixture.effects).isZero();
    }

    /** In each of these calls, the record could not be changed after the work. */
    @Test
    void execute_storeAwayAfterTheWork_isCountedAndPublishedWithItsFailure() {
        IdempotencyFixture.StoreConnection connection = fixture.new StoreConnection();
        connection.repliesLeft = 1;
        connection.missingReplies = 3;
        ExternalIdempotency cut = ExternalIdempotency.of(fixture.engine(connection.store));
        cut.execute(call, execution -> fixture.pay());
        assertThat(cut.counts().count(Kind.STORE_FAILED)).isEqualTo(1);
        connection.repliesLeft = 1;
        connection.missingReplies = 3;
        assertThatThrownBy(() -> cut.execute(call("fails"), execution -> {
                    throw new IOException("reset");
                }))
                .isInstanceOf(IOException.class);
        assertThat(cut.counts().count(Kind.STORE_FAILED)).isEqualTo(2);
        connection.repliesLeft = 1;
        connection.missingReplies = 3;
        cut.execute(call("renews"), execution -> {
            execution.renew();
            return fixture.pay();
        });
        assertThat(cut.counts().count(Kind.STORE_FAILED)).isEqualTo(3);
        assertThat(fixture.events)
                .filteredOn(event -> event.kind() == Kind.STORE_FAILED)
                .allSatisfy(event -> assertThat(event.error()).containsInstanceOf(StoreUnavailableException.class));
    }

    @Test
    void execute_rebuilderOrListenerThrows_changesNothing() {
        IdempotencyListener broken = event -> {
            throw foreign(new IllegalStateException("alice@example.com"));
        };
        Rebuilder failing = record -> {
            throw new IOException("rebuilder");
        };
        ExternalIdempotency small = ExternalIdempotency.of(fixture.engine()
                .withSettings(fixture.settings.withMaxStoredBody(0))
                .withRebuilder(failing)
                .withListener(broken));
        try (LogLines warnings = LogLines.of("dev.respite.idempotency")) {
            small.execute(call, execution -> fixture.pay());
            assertThat(small.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Replayed.class);
            assertThat(warnings.stacks())
                    .isNotEmpty()
                    .allSatisfy(stack -> assertThat(stack)
                            .contains("java.lang.IllegalStateException", "at com.example.Payments.pay")
                            .doesNotContain("alice"));
        }
        assertThat(small.counts().count(Kind.CALLBACK_FAILED)).isEqualTo(1);
    }
}
