package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.outcome.Classifier;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import dev.respite.time.VirtualTime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule 23: nested retries of values do not multiply; a constant that two calls return independently is not suppressed. */
class Rule23NestedRetriesOfValuesDoNotMultiplyTest {

    private final NestedRetriesFixture fixture = new NestedRetriesFixture();
    private final VirtualTime time = fixture.time;
    private final Recorder listener = fixture.listener;
    private final Retry inner = fixture.inner;
    private final Retry outer = fixture.outer;
    private final AtomicInteger bottom = fixture.bottom;

    private record Made(Object wrapped) implements NestedRetries.Wrapper {}

    @Test
    void value_madeOfAValueThatWasGivenUpOn_isNotRetried() {
        Object unavailable = new Object();
        Classifier never = outcome -> Verdict.transientError(ErrorKind.OTHER);
        Made made = outer.driver()
                .withClassifier(never)
                .call(() ->
                        new Made(new Made(inner.driver().withClassifier(never).call(() -> {
                            bottom.incrementAndGet();
                            return unavailable;
                        }))));
        assertThat(bottom).hasValue(3);
        assertThat(((Made) made.wrapped()).wrapped()).isSameAs(unavailable);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }

    /** A value of which its client makes an exception, as Spring's do of a response. */
    private static final class Noting implements NestedRetries.Wrapper {
        private boolean given;

        @Override
        public Object wrapped() {
            return this;
        }

        @Override
        public void givenUp() {
            given = true;
        }
    }

    @Test
    void givenUp_isCalledForTheValueOfACallThatGivesUp_andForNoOther() {
        Noting last = inner.driver()
                .withClassifier(outcome -> Verdict.transientError(ErrorKind.OTHER))
                .call(Noting::new);
        assertThat(last.given).isTrue();
        Noting accepted =
                inner.driver().withClassifier(outcome -> Verdict.accept()).call(Noting::new);
        assertThat(accepted.given).isFalse();
        Noting refused =
                inner.driver().withClassifier(outcome -> Verdict.fatal()).call(Noting::new);
        assertThat(refused.given).isFalse();
    }

    @Test
    void value_madeOfItself_isRetriedAndEndsNowhereElse() {
        NestedRetries.Wrapper[] itself = new NestedRetries.Wrapper[1];
        itself[0] = () -> itself[0];
        Classifier never = outcome -> Verdict.transientError(ErrorKind.OTHER);
        assertThat(outer.driver().withClassifier(never).<Object, RuntimeException>call(() -> {
                    bottom.incrementAndGet();
                    inner.driver().withClassifier(never).call(Object::new);
                    return itself[0];
                }))
                .isSameAs(itself[0]);
        assertThat(bottom).hasValue(3);
    }

    private enum Status {
        PENDING
    }

    private record Shared(String name) {}

    /** Values that two calls may return independently of each other. */
    static Stream<Object> constants() {
        return Stream.of(false, 0, "pending", Status.PENDING, new Shared("pending"), List.of());
    }

    @ParameterizedTest
    @MethodSource("constants")
    void constant_thatAnInnerCallGaveUpOn_isRetriedWhereTheOuterOneReturnsItToo(Object constant) {
        Classifier never = outcome -> Verdict.transientError(ErrorKind.RESULT);
        AtomicInteger polls = new AtomicInteger();
        Object last = outer.driver().withClassifier(never).call(() -> {
            polls.incrementAndGet();
            inner.driver().withClassifier(never).call(() -> constant);
            return constant;
        });
        assertThat(last).isSameAs(constant);
        assertThat(polls).hasValue(3);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    @ParameterizedTest
    @MethodSource("constants")
    void constant_thatAnInnerAsynchronousCallGaveUpOn_isRetriedWhereTheOuterOneReturnsItToo(Object constant) {
        Classifier never = outcome -> Verdict.transientError(ErrorKind.RESULT);
        AtomicInteger polls = new AtomicInteger();
        CompletableFuture<Object> last = outer.driver().withClassifier(never).callAsync(() -> {
            polls.incrementAndGet();
            return inner.driver()
                    .withClassifier(never)
                    .callAsync(() -> CompletableFuture.completedFuture(constant))
                    .thenApply(ready -> constant);
        });
        time.runAll();
        assertThat(last).isCompletedWithValue(constant);
        assertThat(polls).hasValue(3);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ATTEMPTS_EXHAUSTED);
    }

    private static final class Busy implements AutoCloseable {
        static final Classifier RETRIED =
                outcome -> outcome instanceof Outcome.Success<?> success && success.value() instanceof Busy
                        ? Verdict.transientError(ErrorKind.ofStatus(503))
                        : Verdict.accept();

        @Override
        public void close() {}
    }

    @Test
    void call_ofValues_doesNotMultiply() {
        AtomicInteger requested = new AtomicInteger();
        Object last = outer.driver()
                .withClassifier(Busy.RETRIED)
                .call(() -> inner.driver().withClassifier(Busy.RETRIED).call(() -> {
                    requested.incrementAndGet();
                    return new Busy();
                }));
        assertThat(last).isInstanceOf(Busy.class);
        assertThat(requested).hasValue(3);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }

    @Test
    void callAsync_ofValues_doesNotMultiply() {
        AtomicInteger requested = new AtomicInteger();
        CompletableFuture<Busy> last = outer.driver()
                .withClassifier(Busy.RETRIED)
                .callAsync(() -> inner.driver().withClassifier(Busy.RETRIED).callAsync(() -> {
                    requested.incrementAndGet();
                    CompletableFuture<Busy> result = new CompletableFuture<>();
                    time.schedule(() -> result.complete(new Busy()), 1_000);
                    return result;
                }));
        time.runAll();
        assertThat(last).isCompletedWithValueMatching(Busy.class::isInstance);
        assertThat(requested).hasValue(3);
        assertThat(listener.ended().reason()).isEqualTo(StopReason.ALREADY_RETRIED);
    }
}
