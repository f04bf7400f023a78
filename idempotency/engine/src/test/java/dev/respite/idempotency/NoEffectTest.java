package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules for responses and exceptions without an effect. */
class NoEffectTest {

    private static final StoredResponse FORBIDDEN = response(403);

    private final IdempotencyFixture fixture = new IdempotencyFixture();
    private final ExternalIdempotency plain = fixture.external();
    private final ExternalIdempotency idempotency = plain.withNoEffectResponses(NoEffectTest::isForbidden)
            .withNoEffectExceptions(SecurityException.class::isInstance);
    private final IdempotentCall call = call("k");

    private static boolean isForbidden(StoredResponse response) {
        return response.status() == 403;
    }

    private static StoredResponse response(int status) {
        return StoredResponse.of(status, Map.of(), new byte[0]);
    }

    @Test
    void execute_matchingResponse_isNotRecordedAndRunsAgain() {
        assertThat(idempotency.execute(call, execution -> FORBIDDEN))
                .isEqualTo(new IdempotentResult.NotDone(FORBIDDEN));
        assertThat(fixture.state(call)).isEqualTo(State.READY);
        assertThat(idempotency.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Executed.class);
    }

    @Test
    void execute_responseOfTheRuleThatIsAResult_isNotRecorded() {
        ExternalIdempotency conflicts = plain.withNoEffectResponses(response -> response.status() == 409);
        StoredResponse conflict = response(409);
        assertThat(conflicts.execute(call, execution -> conflict)).isEqualTo(new IdempotentResult.NotDone(conflict));
        assertThat(fixture.state(call)).isEqualTo(State.READY);
    }

    private static Duration kept(IdempotencyFixture fixture, IdempotentCall call) {
        return Duration.between(
                fixture.time.wallTime(), fixture.record(call).times().expiresAt());
    }

    @Test
    void execute_notDone_isKeptForTenMinutes_andRunsOnceAfterItsPurge() {
        assertThat(idempotency.execute(call, execution -> FORBIDDEN)).isInstanceOf(IdempotentResult.NotDone.class);
        assertThat(kept(fixture, call)).isEqualTo(Duration.ofMinutes(10));
        fixture.time.advance(Duration.ofMinutes(11));
        fixture.store.purge(10);
        assertThat(fixture.store.find(call.storageKey())).isEmpty();
        assertThat(idempotency.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Executed.class);
        assertThat(kept(fixture, call)).isEqualTo(fixture.settings.retention());
        assertThat(idempotency.execute(call, execution -> fixture.pay())).isInstanceOf(IdempotentResult.Replayed.class);
        assertThat(fixture.effects).isEqualTo(1);
    }

    /** An owner that was away for longer than the record was kept begins no effect. */
    @Test
    void effectStarting_afterThePurgeOfAReleasedRecord_isRejected() {
        OwnedRecord late = fixture.owned(call);
        fixture.time.advance(IdempotencyFixture.LEASE.multipliedBy(2));
        assertThat(idempotency.execute(call, execution -> FORBIDDEN)).isInstanceOf(IdempotentResult.NotDone.class);
        fixture.time.advance(Duration.ofMinutes(11));
        fixture.store.purge(10);
        assertThat(late.release(fixture.store)).isFalse();
        assertThat(late.effectStarting(fixture.store)).isEmpty();
        assertThat(fixture.store.find(call.storageKey())).isEmpty();
    }

    /** A purge would reject the repetition of a key with a time. */
    @Test
    void execute_notDoneOfAKeyWithATime_isKeptAsLongAsAResult() {
        IdempotentCall timed = call(fixture.minted(Duration.ZERO));
        assertThat(idempotency.execute(timed, execution -> FORBIDDEN)).isInstanceOf(IdempotentResult.NotDone.class);
        assertThat(kept(fixture, timed)).isEqualTo(fixture.settings.retention());
        fixture.time.advance(Duration.ofMinutes(11));
        fixture.store.purge(10);
        assertThat(idempotency.execute(timed, execution -> fixture.pay()))
                .isInstanceOf(IdempotentResult.Executed.class);
    }

    @Test
    void execute_notDoneWithAShortRetentionOrALongLease_isKeptForThat() {
        IdempotentCall other = call("other");
        ExternalIdempotency brief = ExternalIdempotency.of(
                        fixture.engine().withSettings(fixture.settings.withRetention(Duration.ofMinutes(1))))
                .withNoEffectResponses(NoEffectTest::isForbidden);
        assertThat(brief.execute(call, execution -> FORBIDDEN)).isInstanceOf(IdempotentResult.NotDone.class);
        assertThat(kept(fixture, call)).isEqualTo(Duration.ofMinutes(1));
        ExternalIdempotency slow = ExternalIdempotency.of(
                        fixture.engine().withSettings(fixture.settings.withLease(Duration.ofMinutes(20))))
                .withNoEffectResponses(NoEffectTest::isForbidden);
        assertThat(slow.execute(other, execution -> FORBIDDEN)).isInstanceOf(IdempotentResult.NotDone.class);
        assertThat(kept(fixture, other)).isEqualTo(Duration.ofMinutes(20));
    }

    @Test
    void execute_otherResponse_isUnknown() {
        StoredResponse broken = response(500);
        assertThat(idempotency.execute(call, execution -> broken))
                .isEqualTo(new IdempotentResult.FailedWithUnknownEffect(broken));
        assertThat(plain.execute(call("other"), execution -> FORBIDDEN))
                .isEqualTo(new IdempotentResult.FailedWithUnknownEffect(FORBIDDEN));
    }

    @Test
    void execute_causeOfTheRule_isPassedOnAndRunsAgain() {
        IOException wrapped = new IOException("request failed", new SecurityException("not yours"));
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    throw wrapped;
                }))
                .isSameAs(wrapped);
        assertThat(fixture.state(call)).isEqualTo(State.READY);
    }

    @Test
    void execute_otherException_isUnknown() {
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    throw new IOException("reset");
                }))
                .isInstanceOf(IOException.class);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void execute_workDoesNotKnowTheOutcome_isUnknownWhateverTheRule() {
        assertThatThrownBy(() -> idempotency
                        .withNoEffectExceptions(failure -> true)
                        .execute(call, execution -> {
                            throw new OutcomeUnknownException("gone on elsewhere");
                        }))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    /** Wrapped by frameworks. */
    @ParameterizedTest
    @CsvSource({"0, true", "19, true", "20, false"})
    void outcomeUnknown_amongTheFirst20OfTheChain_isFound(int wrappers, boolean isFound) {
        Throwable failure = new OutcomeUnknownException("gone on elsewhere");
        for (int i = 0; i < wrappers; i++) {
            failure = new IOException(failure);
        }
        assertThat(OutcomeUnknownException.isIn(failure)).isEqualTo(isFound);
    }

    @Test
    void execute_cyclicCauses_areEachTestedAndUnknown() {
        IOException first = new IOException("first");
        IOException second = new IOException("second", first);
        first.initCause(second);
        List<Throwable> tested = new ArrayList<>();
        ExternalIdempotency cyclic = plain.withNoEffectExceptions(failure -> {
            tested.add(failure);
            assertThat(tested).hasSizeLessThanOrEqualTo(1_000);
            return false;
        });
        assertThatThrownBy(() -> cyclic.execute(call, execution -> {
                    throw first;
                }))
                .isSameAs(first);
        assertThat(tested).startsWith(first, second, first);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void execute_workHasAnnouncedItsEffect_isUnknownWhateverTheRule() {
        IdempotentResult result = idempotency.execute(call, execution -> {
            execution.effectStarting();
            return FORBIDDEN;
        });
        assertThat(result).isEqualTo(new IdempotentResult.FailedWithUnknownEffect(FORBIDDEN));
        assertThatThrownBy(() -> idempotency.withExplicitEffectStart().execute(call("other"), execution -> {
                    execution.effectStarting();
                    throw new SecurityException("of another application");
                }))
                .isInstanceOf(SecurityException.class);
        assertThat(fixture.state(call("other"))).isEqualTo(State.UNKNOWN);
    }

    @Test
    void execute_ruleThrows_isUnknownAndSeen() {
        IllegalStateException broken = new IllegalStateException("broken rule");
        Predicate<Object> breaks = any -> {
            throw broken;
        };
        assertThatThrownBy(() -> plain.withNoEffectResponses(breaks).execute(call, execution -> FORBIDDEN))
                .isSameAs(broken);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
        IOException reset = new IOException("reset");
        assertThatThrownBy(() -> plain.withNoEffectExceptions(breaks).execute(call("other"), execution -> {
                    throw reset;
                }))
                .isSameAs(reset)
                .hasSuppressedException(broken);
        assertThat(fixture.state(call("other"))).isEqualTo(State.UNKNOWN);
    }

    /** The work has succeeded: the rule for exceptions is not for this one. */
    @Test
    void execute_ruleForResponsesThrows_isUnknownWhateverTheRuleForExceptions() {
        IllegalStateException broken = new IllegalStateException("broken rule");
        ExternalIdempotency lenient = plain.withNoEffectExceptions(failure -> true)
                .withNoEffectResponses(response -> {
                    throw broken;
                });
        assertThatThrownBy(() -> lenient.execute(call, execution -> fixture.pay()))
                .isSameAs(broken);
        assertThat(fixture.state(call)).isEqualTo(State.UNKNOWN);
        assertThatThrownBy(lenient.executeAsync(
                        call("other"), execution -> CompletableFuture.completedFuture(fixture.pay()))::get)
                .hasCause(broken);
        assertThat(fixture.state(call("other"))).isEqualTo(State.UNKNOWN);
    }

    @Test
    void executeAsync_rules_holdToo() throws Exception {
        assertThat(idempotency
                        .executeAsync(call, execution -> CompletableFuture.completedFuture(FORBIDDEN))
                        .get())
                .isEqualTo(new IdempotentResult.NotDone(FORBIDDEN));
        assertThat(fixture.state(call)).isEqualTo(State.READY);
        CompletableFuture<IdempotentResult> failed = idempotency.executeAsync(
                call, execution -> CompletableFuture.failedFuture(new SecurityException("not yours")));
        assertThatThrownBy(failed::get).hasRootCauseInstanceOf(SecurityException.class);
        assertThat(fixture.state(call)).isEqualTo(State.READY);
    }
}
