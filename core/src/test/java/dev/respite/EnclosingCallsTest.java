package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.NestedRetries.Enclosing;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Code that moves between threads in parts takes the calls that enclose it along, and leaves each thread as it was. */
class EnclosingCallsTest {

    private static final RetryPolicy THREE =
            RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off total-timeout=off");

    private final VirtualTime time = new VirtualTime();
    private final Retry inner = Retry.of(THREE, time);
    private final Retry outer = Retry.of(THREE, time);
    private final AtomicInteger bottom = new AtomicInteger();

    private String fails() throws IOException {
        bottom.incrementAndGet();
        throw new ConnectException("down");
    }

    /** An attempt that goes on after it has left the code that began it, as a coroutine does. */
    private CompletableFuture<String> resumesLater(boolean enters) {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Enclosing enclosing = NestedRetries.enclosing();
        time.schedule(
                () -> {
                    Enclosing before = enters ? enclosing.enter() : NestedRetries.enclosing();
                    try {
                        inner.call(this::fails);
                    } catch (IOException failure) {
                        stage.completeExceptionally(failure);
                    } finally {
                        before.enter();
                    }
                },
                1_000);
        return stage;
    }

    @Test
    void enter_ofAnAttemptThatGoesOnLater_findsTheInnerCall() {
        CompletableFuture<String> call = outer.callAsync(() -> resumesLater(true));
        time.runAll();
        assertThat(call).isCompletedExceptionally();
        assertThat(bottom).hasValue(3);
    }

    @Test
    void enter_notCalled_leavesTheInnerCallUnknown() {
        CompletableFuture<String> call = outer.callAsync(() -> resumesLater(false));
        time.runAll();
        assertThat(call).isCompletedExceptionally();
        assertThat(bottom).hasValue(9);
    }

    @Test
    void enter_ofTheCallsBefore_leavesTheThreadAsItWas() {
        ConnectException known = new ConnectException("known");
        assertThatThrownBy(() -> outer.call(Script.of(known))).isSameAs(known);
        assertThat(NestedRetries.hasGivenUp(known)).isTrue();

        Enclosing before = new VirtualCall().enclosing.enter();
        assertThat(NestedRetries.hasGivenUp(known)).isFalse();
        before.enter();
        assertThat(NestedRetries.hasGivenUp(known)).isTrue();
    }

    @Test
    void enter_onAThreadWithoutCalls_leavesNothingThere() throws InterruptedException {
        Enclosing enclosing = NestedRetries.enclosing();
        boolean[] left = {false};
        Thread thread = new Thread(() -> {
            enclosing.enter().enter();
            left[0] = GivenUpFailures.ofThread() == null;
        });
        thread.start();
        thread.join();
        assertThat(left[0]).isTrue();
    }

    /** The calls that enclose an attempt. */
    private final class VirtualCall {
        private Enclosing enclosing = NestedRetries.enclosing();

        VirtualCall() {
            outer.callAsync(() -> {
                enclosing = NestedRetries.enclosing();
                return new CompletableFuture<String>();
            });
        }
    }
}
