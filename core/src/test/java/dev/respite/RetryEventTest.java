package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What listeners receive: each thing once, in order, with its values. */
class RetryEventTest {

    private static final RetryPolicy POLICY = RetryPolicy.parse("backoff=fixed base-delay=50ms jitter=none");

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final Retry retry = Retry.of(POLICY, time).withName("quotes").withListener(recorder);

    @Test
    void aCallThatSucceedsAtOnce_isOneEvent() {
        assertThat(retry.call(Script.of("value"))).isEqualTo("value");
        assertThat(recorder.events).hasSize(1);
        RetryEvent.CallEnded ended = recorder.ended();
        assertThat(ended.name()).isEqualTo("quotes");
        assertThat(ended.reason()).isEqualTo(StopReason.ACCEPTED);
        assertThat(ended.outcome()).isEqualTo(Outcome.success("value"));
        assertThat(ended.history().summary()).isEqualTo("1 attempt in 0 ms: ok");
    }

    @Test
    void events_ofAPolicyWithoutATotalTimeout_haveTheTimeToo() {
        Retry untimed = Retry.of(RetryPolicy.parse("backoff=fixed base-delay=50ms jitter=none total-timeout=off"), time)
                .withListener(recorder);
        untimed.call(Script.of(new ConnectException(), new ConnectException(), "value"));
        assertThat(recorder.all(RetryEvent.AttemptFailed.class))
                .extracting(failed -> failed.attempt().elapsed().toMillis())
                .containsExactly(0L, 50L);
    }

    @Test
    void aCallThatSucceedsLater_isOneEventForEachFailureAndOneForTheEnd() {
        ConnectException first = new ConnectException();
        TimeoutException second = new TimeoutException();
        retry.call(Script.of(first, second, "value"));
        assertThat(recorder.events.subList(0, 2))
                .isEqualTo(List.of(
                        new RetryEvent.AttemptFailed(
                                "quotes",
                                Attempt.FIRST,
                                Outcome.failure(first),
                                ErrorKind.CONNECT,
                                new Decision.RetryAfter<>(50_000_000, 50_000_000, ErrorKind.CONNECT),
                                false),
                        new RetryEvent.AttemptFailed(
                                "quotes",
                                new Attempt(2, 50_000_000, 50_000_000),
                                Outcome.failure(second),
                                ErrorKind.TIMEOUT,
                                new Decision.RetryAfter<>(50_000_000, 50_000_000, ErrorKind.TIMEOUT),
                                false)));
        assertThat(recorder.events.get(2)).isSameAs(recorder.ended());
        assertThat(recorder.events).hasSize(3);
    }

    @Test
    void aCallThatFails_publishesItsLastAttemptAndThenItsEnd() {
        ConnectException failure = new ConnectException();
        assertThatThrownBy(() -> retry.call(Script.of(failure))).isSameAs(failure);
        assertThat(recorder.events).hasSize(4);
        RetryEvent.AttemptFailed last =
                recorder.all(RetryEvent.AttemptFailed.class).get(2);
        assertThat(last.decision()).isEqualTo(new Decision.Throw<>(failure, StopReason.ATTEMPTS_EXHAUSTED));
        assertThat(last.attempt().number()).isEqualTo(3);
        assertThat(recorder.ended().outcome()).isEqualTo(Outcome.failure(failure));
    }

    @Test
    void aFatalFailure_isAFailedAttemptOfNoNamedKind() {
        IllegalStateException failure = new IllegalStateException();
        assertThatThrownBy(() -> retry.call(Script.of(failure))).isSameAs(failure);
        assertThat(recorder.events.get(0))
                .isEqualTo(new RetryEvent.AttemptFailed(
                        "quotes",
                        Attempt.FIRST,
                        Outcome.failure(failure),
                        ErrorKind.OTHER,
                        new Decision.Throw<>(failure, StopReason.FATAL),
                        false));
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.FATAL);
    }

    @Test
    void aRefusalOfTheBudget_isSeenInTheDecision() {
        while (retry.budget().tryAcquire(ErrorKind.OTHER)) {
            // Spend it all.
        }
        ConnectException failure = new ConnectException();
        assertThatThrownBy(() -> retry.call(Script.of(failure))).isSameAs(failure);
        assertThat(recorder.all(RetryEvent.AttemptFailed.class).get(0).decision())
                .isEqualTo(new Decision.Throw<>(failure, StopReason.BUDGET_EXHAUSTED));
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.BUDGET_EXHAUSTED);
    }

    @Test
    void aLastValueThatIsNotGood_isReturnedWithTheReason() {
        RetryPolicy policy =
                POLICY.toBuilder().retryOnResult(String.class, "busy"::equals).build();
        assertThat(retry.withPolicy(policy).call(Script.of("busy"))).isEqualTo("busy");
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
        assertThat(recorder.ended().outcome()).isEqualTo(Outcome.success("busy"));
        assertThat(recorder.ended().history().summary())
                .isEqualTo("3 attempts in 100 ms: result +50ms, result +50ms, result; gave up: attempts exhausted");
    }

    @Test
    void severalListeners_receiveTheSame_inTheOrderOfTheirAddition() {
        Recorder other = new Recorder();
        retry.withListener(other).call(Script.of(new ConnectException(), "value"));
        assertThat(other.events).hasSize(2).isEqualTo(recorder.events);
    }

    @Test
    void noListener_receivesNothing_andNamesStayAsTheyWere() {
        Retry plain = Retry.of(POLICY, time).withName("plain").withListener(RetryListener.NONE);
        assertThat(plain.call(Script.of("value"))).isEqualTo("value");
        assertThat(plain.name()).isEqualTo("plain");
        assertThat(plain.policy()).isSameAs(POLICY);
        assertThat(plain.time()).isSameAs(time);
        assertThat(Retry.withDefaults().time()).isSameAs(TimeSource.system());
        assertThat(Retry.withDefaults().policy()).isEqualTo(RetryPolicy.defaults());
    }
}
