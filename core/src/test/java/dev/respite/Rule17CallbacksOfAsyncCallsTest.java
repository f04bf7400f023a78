package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.StopReason;
import dev.respite.policy.Backoff;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** In asynchronous calls too, a part that throws never changes the outcome, and the bug is reported. */
class Rule17CallbacksOfAsyncCallsTest {

    private final VirtualTime time = new VirtualTime();
    private final Recorder recorder = new Recorder();
    private final ConnectException real = new ConnectException("real");

    static Stream<Throwable> bugs() {
        return Stream.of(new IllegalStateException("bug"), new AssertionError("bug"), new IOException("checked"));
    }

    private Object endOf(Retry retry, AsyncScript script) {
        CompletableFuture<Object> call = retry.callAsync(script);
        time.runAll();
        assertThat(call).isDone();
        return call.handle((value, error) -> error == null ? value : error).join();
    }

    private Retry retrying() {
        return Retry.of(RetryPolicy.parse("budget=off"), time).withListener(recorder);
    }

    private void assertReported(String callback, Throwable bug) {
        assertThat(recorder.all(RetryEvent.CallbackFailed.class))
                .isEqualTo(List.of(new RetryEvent.CallbackFailed("retry", callback, bug)));
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void listenerThatThrows_leavesSuccessAndFailureAsTheyAre(Throwable bug) {
        Retry loud = retrying().withListener(event -> {
            throw SneakyThrow.raise(bug);
        });
        AsyncScript good = AsyncScript.of("value");
        assertThat(endOf(loud, good)).isEqualTo("value");
        assertThat(good.ran()).isEqualTo(1);
        AsyncScript bad = AsyncScript.of(real);
        assertThat(endOf(loud, bad)).isSameAs(real);
        assertThat(bad.ran()).isEqualTo(3);
        assertThat(real.getSuppressed()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void classifierThatThrows_acceptsAValueAndEndsWithAFailure(Throwable bug) {
        Classifier broken = outcome -> {
            throw SneakyThrow.raise(bug);
        };
        AsyncScript good = AsyncScript.of("value");
        assertThat(endOf(retrying().driver().withClassifier(broken), good)).isEqualTo("value");
        assertThat(good.ran()).isEqualTo(1);
        assertReported("classifier", bug);
        recorder.events.clear();
        AsyncScript bad = AsyncScript.of(real);
        assertThat(endOf(retrying().driver().withClassifier(broken), bad)).isSameAs(real);
        assertThat(bad.ran()).isEqualTo(1);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.FATAL);
        assertReported("classifier", bug);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void backoffThatThrows_endsWithTheRealFailure(Throwable bug) {
        Backoff broken = (attempt, roll) -> {
            throw SneakyThrow.raise(bug);
        };
        RetryPolicy policy = RetryPolicy.builder().backoff(broken).build();
        AsyncScript script = AsyncScript.of(real);
        assertThat(endOf(Retry.of(policy, time).withListener(recorder), script)).isSameAs(real);
        assertThat(script.ran()).isEqualTo(1);
        assertReported("backoff", bug);
    }

    @ParameterizedTest
    @MethodSource("bugs")
    void carrierThatThrows_isReportedAndTheCallGoesOn(Throwable bug) {
        Retry carrying = retrying().withContext(task -> {
            throw SneakyThrow.raise(bug);
        });
        assertThat(endOf(carrying, AsyncScript.of(real, "value"))).isEqualTo("value");
        assertReported("context", bug);
    }
}
