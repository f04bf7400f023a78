package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.StopReason;
import dev.respite.policy.Backoff;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A listener, a classifier, a predicate or a backoff that throws never changes the outcome; the bug is reported. */
class Rule17CallbacksNeverChangeTheOutcomeTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final ConnectException real = new ConnectException("real");

    /** What a callback may throw: the last is checked, and not declared. */
    static Stream<Throwable> bugs() {
        return Stream.of(
                new IllegalStateException("bug"),
                new AssertionError("bug"),
                new StackOverflowError(),
                new IOException());
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void listenerThatThrows_ofASuccess_isIgnoredAndTheCallIsNotRunAgain(Throwable bug) {
        Script script = Script.of("value");
        Retry retry = retrying("").withListener(event -> {
            throw SneakyThrow.raise(bug);
        });
        assertThat(retry.call(script)).isEqualTo("value");
        assertThat(script.ran()).isEqualTo(1);
        assertThat(retry.counts().ended(StopReason.ACCEPTED)).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void listenerThatThrows_ofAFailure_leavesTheRealFailure(Throwable bug) {
        Script script = Script.of(real);
        Retry retry = retrying("").withListener(event -> {
            throw SneakyThrow.raise(bug);
        });
        assertThatThrownBy(() -> retry.call(script)).isSameAs(real);
        assertThat(script.ran()).isEqualTo(3);
        assertThat(real.getSuppressed()).isEmpty();
    }

    @Test
    void listenerThatThrows_besideOthers_doesNotKeepTheirEventsFromThem() {
        Recorder last = new Recorder();
        Retry retry = retrying("")
                .withListener(recorder)
                .withListener(event -> {
                    throw new IllegalStateException("bug");
                })
                .withListener(last);
        assertThat(retry.call(Script.of(real, "value"))).isEqualTo("value");
        assertThat(last.events).hasSize(2).isEqualTo(recorder.events);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void classifierThatThrows_ofAValue_acceptsIt(Throwable bug) {
        Script script = Script.of("value");
        assertThat(classifiedBy(throwing(bug)).call(script)).isEqualTo("value");
        assertThat(script.ran()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ACCEPTED);
        assertReported("classifier", bug);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void classifierThatThrows_ofAFailure_throwsTheRealFailureAtOnce(Throwable bug) {
        Script script = Script.of(real);
        assertThatThrownBy(() -> classifiedBy(throwing(bug)).call(script)).isSameAs(real);
        assertThat(script.ran()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.FATAL);
        assertThat(real.getSuppressed()).isEmpty();
        assertReported("classifier", bug);
    }

    @Test
    @SuppressWarnings("NullAway")
    void classifierThatSaysNothing_countsAsOneThatThrows() {
        assertThatThrownBy(() -> classifiedBy(outcome -> null).call(Script.of(real)))
                .isSameAs(real);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.FATAL);
        recorder.events.clear();
        assertThat(classifiedBy(outcome -> null).call(Script.of("value"))).isEqualTo("value");
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.ACCEPTED);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void predicateOfResultsThatThrows_acceptsTheValue(Throwable bug) {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOnResult(String.class, value -> {
                    throw SneakyThrow.raise(bug);
                })
                .build();
        Script script = Script.of("value");
        assertThat(Retry.of(policy, time).withListener(recorder).call(script)).isEqualTo("value");
        assertThat(script.ran()).isEqualTo(1);
        assertReported("classifier", bug);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void backoffThatThrows_endsTheCallWithTheRealFailure(Throwable bug) {
        Backoff broken = (attempt, roll) -> {
            throw SneakyThrow.raise(bug);
        };
        RetryPolicy policy = RetryPolicy.builder().backoff(broken).build();
        Script script = Script.of(real);
        assertThatThrownBy(() -> Retry.of(policy, time).withListener(recorder).call(script))
                .isSameAs(real);
        assertThat(script.ran()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.FATAL);
        assertReported("backoff", bug);
    }

    @Test
    void callbacksThatThrow_withoutListener_changeNothingEither() {
        Retry retry = retrying("").driver().withClassifier(throwing(new IllegalStateException("bug")));
        assertThat(retry.call(Script.of("value"))).isEqualTo("value");
        assertThatThrownBy(() -> retry.call(Script.of(real))).isSameAs(real);
    }

    private static Classifier throwing(Throwable bug) {
        return outcome -> {
            throw SneakyThrow.raise(bug);
        };
    }

    private void assertReported(String callback, Throwable bug) {
        assertThat(recorder.all(RetryEvent.CallbackFailed.class))
                .isEqualTo(List.of(new RetryEvent.CallbackFailed("retry", callback, bug)));
    }

    private Retry retrying(String policy) {
        return Retry.of(RetryPolicy.parse(policy), time);
    }

    private Retry classifiedBy(Classifier classifier) {
        return retrying("").withListener(recorder).driver().withClassifier(classifier);
    }
}
