package dev.respite;

import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Three retries of three attempts each in virtual time, and an operation that fails and counts its attempts. */
final class NestedRetriesFixture {

    static final RetryPolicy THREE = RetryPolicy.parse("max-attempts=3 base-delay=1ms budget=off total-timeout=off");

    final VirtualTime time = new VirtualTime();
    final Recorder listener = new Recorder();
    final Retry inner = Retry.of(THREE, time);
    final Retry middle = Retry.of(THREE, time);
    final Retry outer = Retry.of(THREE, time).withListener(listener);

    /** The number of attempts of the innermost call. */
    final AtomicInteger bottom = new AtomicInteger();

    String fails() throws IOException {
        bottom.incrementAndGet();
        throw new ConnectException("down");
    }

    CompletableFuture<String> failsLater() {
        bottom.incrementAndGet();
        CompletableFuture<String> result = new CompletableFuture<>();
        time.schedule(() -> result.completeExceptionally(new ConnectException("down")), 1_000);
        return result;
    }
}
