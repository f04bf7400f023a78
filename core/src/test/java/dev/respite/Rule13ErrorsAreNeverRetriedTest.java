package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An {@code Error} is never retried, also when it is wrapped. */
class Rule13ErrorsAreNeverRetriedTest {

    private final VirtualTime time = new VirtualTime();

    static Stream<Throwable> errors() {
        return Stream.of(
                new OutOfMemoryError(),
                new StackOverflowError(),
                new AssertionError(),
                new NoClassDefFoundError(),
                new ExceptionInInitializerError(new ConnectException()),
                new Error(new ConnectException()),
                new CompletionException(new OutOfMemoryError()),
                new ExecutionException(new OutOfMemoryError()),
                new CompletionException(new ExecutionException(new AssertionError())),
                new RuntimeException(new RuntimeException(new OutOfMemoryError())));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void call_ofAnOperationThatThrowsAnError_throwsItAtOnce(Throwable error) {
        for (Retry retry : new Retry[] {
            retrying("max-attempts=5"),
            retrying("max-attempts=5 retry-on=any"),
            retrying("max-attempts=5 retry-on=java.lang.Throwable on.java.lang.Error.max-attempts=9"),
            retrying("max-attempts=5").driver().withClassifier(outcome -> Verdict.transientError(ErrorKind.OTHER))
        }) {
            Script script = Script.of(error, "never reached");
            assertThatThrownBy(() -> retry.call(script)).isSameAs(error);
            assertThat(script.ran()).isEqualTo(1);
            assertThat(retry.counts().ended(StopReason.FATAL)).isEqualTo(1);
            assertThat(retry.budget().retriesLeft()).isEqualTo(8);
        }
        assertThat(time.nanoTime()).isZero();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void call_ofAnErrorAfterATransientFailure_throwsTheError(Throwable error) {
        Script script = Script.of(new ConnectException(), error, "never reached");
        assertThatThrownBy(() -> retrying("max-attempts=5").call(script)).isSameAs(error);
        assertThat(script.ran()).isEqualTo(2);
    }

    private Retry retrying(String policy) {
        return Retry.of(RetryPolicy.parse(policy), time);
    }
}
