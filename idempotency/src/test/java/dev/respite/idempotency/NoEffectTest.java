package dev.respite.idempotency;

import static dev.respite.idempotency.Bench.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The rules by which responses and exceptions say that nothing was done. */
class NoEffectTest {

    private static final StoredResponse FORBIDDEN = response(403);

    private final Bench bench = new Bench();
    private final ExternalIdempotency plain = bench.external();
    private final ExternalIdempotency idempotency =
            plain.withNoEffect(NoEffectTest::isForbidden).withNoEffectAfter(SecurityException.class::isInstance);
    private final IdempotentCall call = call("k");

    private static boolean isForbidden(StoredResponse response) {
        return response.status() == 403;
    }

    private static StoredResponse response(int status) {
        return StoredResponse.of(status, Map.of(), new byte[0]);
    }

    @Test
    void execute_responseOfTheRule_isNotRecordedAndRunsAgain() {
        assertThat(idempotency.execute(call, execution -> FORBIDDEN)).isEqualTo(new Answer.NotDone(FORBIDDEN));
        assertThat(bench.state(call)).isEqualTo(State.READY);
        assertThat(idempotency.execute(call, execution -> bench.pay())).isInstanceOf(Answer.Executed.class);
    }

    @Test
    void execute_responseOfTheRuleThatIsAResult_isNotRecorded() {
        ExternalIdempotency conflicts = plain.withNoEffect(response -> response.status() == 409);
        StoredResponse conflict = response(409);
        assertThat(conflicts.execute(call, execution -> conflict)).isEqualTo(new Answer.NotDone(conflict));
        assertThat(bench.state(call)).isEqualTo(State.READY);
    }

    @Test
    void execute_otherResponse_isUnknown() {
        StoredResponse broken = response(500);
        assertThat(idempotency.execute(call, execution -> broken)).isEqualTo(new Answer.Unsettled(broken));
        assertThat(plain.execute(call("other"), execution -> FORBIDDEN)).isEqualTo(new Answer.Unsettled(FORBIDDEN));
    }

    @Test
    void execute_causeOfTheRule_isPassedOnAndRunsAgain() {
        IOException wrapped = new IOException("request failed", new SecurityException("not yours"));
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    throw wrapped;
                }))
                .isSameAs(wrapped);
        assertThat(bench.state(call)).isEqualTo(State.READY);
    }

    @Test
    void execute_otherException_isUnknown() {
        assertThatThrownBy(() -> idempotency.execute(call, execution -> {
                    throw new IOException("reset");
                }))
                .isInstanceOf(IOException.class);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void execute_workDoesNotKnowTheOutcome_isUnknownWhateverTheRule() {
        assertThatThrownBy(() -> idempotency.withNoEffectAfter(failure -> true).execute(call, execution -> {
                    throw new OutcomeUnknownException("gone on elsewhere");
                }))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
    }

    @Test
    void execute_workHasAnnouncedItsEffect_isUnknownWhateverTheRule() {
        Answer answer = idempotency.execute(call, execution -> {
            execution.effectStarting();
            return FORBIDDEN;
        });
        assertThat(answer).isEqualTo(new Answer.Unsettled(FORBIDDEN));
        assertThatThrownBy(() -> idempotency.withEffectsAnnounced().execute(call("other"), execution -> {
                    execution.effectStarting();
                    throw new SecurityException("of another house");
                }))
                .isInstanceOf(SecurityException.class);
        assertThat(bench.state(call("other"))).isEqualTo(State.UNKNOWN);
    }

    @Test
    void execute_ruleThrows_isUnknownAndSeen() {
        IllegalStateException broken = new IllegalStateException("broken rule");
        Predicate<Object> breaks = any -> {
            throw broken;
        };
        assertThatThrownBy(() -> plain.withNoEffect(breaks).execute(call, execution -> FORBIDDEN))
                .isSameAs(broken);
        assertThat(bench.state(call)).isEqualTo(State.UNKNOWN);
        IOException reset = new IOException("reset");
        assertThatThrownBy(() -> plain.withNoEffectAfter(breaks).execute(call("other"), execution -> {
                    throw reset;
                }))
                .isSameAs(reset)
                .hasSuppressedException(broken);
        assertThat(bench.state(call("other"))).isEqualTo(State.UNKNOWN);
    }

    @Test
    void executeAsync_rules_holdToo() throws Exception {
        assertThat(idempotency
                        .executeAsync(call, execution -> CompletableFuture.completedFuture(FORBIDDEN))
                        .get())
                .isEqualTo(new Answer.NotDone(FORBIDDEN));
        assertThat(bench.state(call)).isEqualTo(State.READY);
        CompletableFuture<Answer> failed = idempotency.executeAsync(
                call, execution -> CompletableFuture.failedFuture(new SecurityException("not yours")));
        assertThatThrownBy(failed::get).hasRootCauseInstanceOf(SecurityException.class);
        assertThat(bench.state(call)).isEqualTo(State.READY);
    }
}
