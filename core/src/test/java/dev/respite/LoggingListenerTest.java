package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The lines that come out of the logger {@code dev.respite}, as {@code java.util.logging} gets them. */
class LoggingListenerTest {

    private static final Logger LOGGER = Logger.getLogger("dev.respite");

    private final Lines lines = new Lines();
    private final Level levelBefore = LOGGER.getLevel();
    private final VirtualTime time = new VirtualTime();
    private final Retry retry = Retry.of(
                    RetryPolicy.parse("max-attempts=3 backoff=fixed base-delay=250ms jitter=none budget=off"), time)
            .withName("quotes")
            .withListener(RetryListener.logging());

    private static final class Lines extends Handler {
        private final List<String> text = new ArrayList<>();

        @Override
        public void publish(LogRecord line) {
            text.add(line.getLevel() + " " + line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @BeforeEach
    void listen() {
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(lines);
        LOGGER.setLevel(Level.FINE);
    }

    @AfterEach
    void leave() {
        LOGGER.removeHandler(lines);
        LOGGER.setLevel(levelBefore);
        LOGGER.setUseParentHandlers(true);
    }

    private void call(Object... script) {
        Script outcomes = Script.of(script);
        Throwable asItWas = catchThrowable(() -> retry.call(outcomes));
        assertThat(asItWas == null || asItWas instanceof Exception).isTrue();
    }

    @Test
    void call_thatGivesUp_isALineForEachAttemptAtDebugAndOneAtWarning() {
        call(new SocketTimeoutException("a"), new ConnectException("b"), new SocketTimeoutException("c"));

        assertThat(lines.text)
                .containsExactly(
                        "FINE quotes: attempt 1 failed: timeout; next in 250ms",
                        "FINE quotes: attempt 2 failed: connect; next in 250ms",
                        "FINE quotes: attempt 3 failed: timeout; no further attempt",
                        "WARNING quotes: 3 attempts in 500 ms: timeout +250ms, connect +250ms, timeout;"
                                + " gave up: attempts exhausted");
    }

    @Test
    void call_thatSucceedsAtLast_warnsOfNothing() {
        call(new SocketTimeoutException("a"), "ok");

        assertThat(lines.text).containsExactly("FINE quotes: attempt 1 failed: timeout; next in 250ms");
    }

    @Test
    void call_thatSucceedsAtOnce_writesNothing() {
        call("ok");

        assertThat(lines.text).isEmpty();
    }

    @Test
    void call_whereDebugIsOff_isTheOneLine() {
        LOGGER.setLevel(Level.INFO);
        call(new SocketTimeoutException("a"), new ConnectException("b"), new SocketTimeoutException("c"));

        assertThat(lines.text).singleElement().asString().startsWith("WARNING quotes: 3 attempts in 500 ms: ");
    }

    @Test
    void callAsync_thatGivesUp_isTheSameLines() {
        retry.callAsync(() -> CompletableFuture.failedStage(new SocketTimeoutException("read")));
        time.runAll();

        assertThat(lines.text)
                .hasSize(4)
                .last()
                .isEqualTo("WARNING quotes: 3 attempts in 500 ms: timeout +250ms, timeout +250ms, timeout;"
                        + " gave up: attempts exhausted");
    }

    /** Messages of exceptions are not logged: they may contain secrets. */
    @Test
    void call_messageOfTheException_isNotInTheLog() {
        call(new IllegalArgumentException("card 4111 1111 1111 1111"));

        assertThat(lines.text)
                .containsExactly(
                        "FINE quotes: attempt 1 failed: other; no further attempt",
                        "WARNING quotes: 1 attempt in 0 ms: IllegalArgumentException; gave up: fatal");
    }
}
