package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shutdown ends the waits of blocking calls. */
class EndableWaitsTest {

    private static final String LONG = "backoff=fixed base-delay=10m max-delay=10m jitter=none total-timeout=off ";

    private final FakeTransport transport = new FakeTransport();
    private final List<RetryEvent> events = new CopyOnWriteArrayList<>();

    private HttpRetry retry(String policy) {
        return HttpRetry.of(Retry.withoutWarnings(RetryPolicy.parse(policy), TimeSource.system()))
                .withListener(events::add);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LONG + "budget=off",
                "backoff=fixed base-delay=1ms max-delay=1ms total-timeout=off budget=success:0.1/1/1 budget-wait=10m"
            })
    void shutdown_whileABlockingCallWaits_endsItWithItsLastResponse(String policy) throws Exception {
        HttpRetry retry = retry(policy);
        transport.script.addAll(List.of("503", "503", "503"));
        FutureTask<Boolean> flag = new FutureTask<>(() -> {
            assertThat(retry.send(transport)).isEqualTo("503");
            return Thread.currentThread().isInterrupted();
        });
        Thread caller = daemon(flag);
        await().until(() -> !events.isEmpty()
                && (caller.getState() == Thread.State.TIMED_WAITING || caller.getState() == Thread.State.WAITING));

        retry.shutdown();

        await().until(flag::isDone);
        assertThat(flag.get()).as("the flag is taken back").isFalse();
        assertThat(retry.isTerminated()).isTrue();
    }

    @Test
    void sleep_interruptFromElsewhere_isNotTakenBack() {
        EndableWaits waits = new EndableWaits(TimeSource.system(), new OpenCalls(), end -> {});
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> waits.sleep(60_000_000_000L)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void waits_afterTheShutdown_endAtOnce() throws Exception {
        OpenCalls calls = new OpenCalls();
        calls.close();
        EndableWaits waits = new EndableWaits(TimeSource.system(), calls, end -> {});
        FutureTask<Boolean> flag = new FutureTask<>(() -> {
            waits.sleep(TimeUnit.MINUTES.toNanos(10));
            waits.await(new CompletableFuture<>());
            return Thread.currentThread().isInterrupted();
        });

        Thread caller = daemon(flag);

        await().until(() -> !caller.isAlive());
        assertThat(flag.get()).as("the flag is taken back").isFalse();
    }

    /** A program may interrupt a thread for another reason while the client shuts down. */
    @Test
    void sleep_shutdownOfAThreadThatIsInterruptedAlready_keepsTheFlag() throws Exception {
        OpenCalls calls = new OpenCalls();
        TimeSource interrupted = new TimeSource.Forwarding() {
            @Override
            public TimeSource delegate() {
                return TimeSource.system();
            }

            @Override
            public void sleep(long nanos) throws InterruptedException {
                Thread.currentThread().interrupt();
                calls.close();
                throw new InterruptedException("by the program");
            }
        };

        assertThatThrownBy(() -> new EndableWaits(interrupted, calls, end -> {}).sleep(1))
                .isInstanceOf(InterruptedException.class)
                .hasMessage("by the program");

        assertThat(Thread.interrupted()).isTrue();
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "caller");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
