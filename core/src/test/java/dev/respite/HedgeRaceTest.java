package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.hedge.Hedge;
import dev.respite.outcome.History;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Answers, failures, alarms and cancellations meet on several threads. */
class HedgeRaceTest {

    private static final int CALLS = 20_000;

    private final ScheduledExecutorService servers = Executors.newScheduledThreadPool(2);
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final Queue<Response> responses = new ConcurrentLinkedQueue<>();
    private final AtomicInteger sent = new AtomicInteger();

    @AfterEach
    void shutDown() {
        servers.shutdownNow();
        workers.shutdownNow();
    }

    private static final class Response implements AutoCloseable {
        private final AtomicInteger closed = new AtomicInteger();
        private volatile boolean got;

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private AsyncOperation<Response> server(SplittableRandom random) {
        return attempt -> {
            sent.incrementAndGet();
            // The generator belongs to the thread on which the first attempts begin.
            long micros = attempt.number() == 1 ? random.nextInt(200) : 50 + attempt.number();
            boolean fails = micros % 4 == 0;
            CompletableFuture<Response> reply = new CompletableFuture<>();
            servers.schedule(
                    () -> {
                        if (fails) {
                            reply.completeExceptionally(new ConnectException());
                            return;
                        }
                        Response response = new Response();
                        responses.add(response);
                        if (!reply.complete(response)) {
                            // It was cancelled: the transport closes it.
                            response.close();
                        }
                    },
                    micros,
                    TimeUnit.MICROSECONDS);
            return reply;
        };
    }

    @Test
    void callIdempotent_underRaces_completesOnceClosesTheLosersAndCountsAll() throws Exception {
        Recorder recorder = new Recorder();
        List<RetryEvent> ends = Collections.synchronizedList(recorder.events);
        Retry retry = Retry.withoutWarnings(RetryPolicy.parse("total-timeout=20s budget=off"), TimeSource.on(workers))
                .withListener(ends::add);
        Hedge hedge =
                Hedge.of(retry, Duration.ofNanos(100_000)).withMaxAttempts(3).withExtraLoad(1);
        SplittableRandom random = new SplittableRandom(7);
        int cancelled = 0;
        for (int batch = 0; batch < CALLS / 20; batch++) {
            List<CompletableFuture<Response>> calls = new ArrayList<>();
            CountDownLatch done = new CountDownLatch(20);
            for (int i = 0; i < 20; i++) {
                CompletableFuture<Response> call = hedge.callIdempotentWithAttempt(server(random));
                calls.add(call);
                call.whenComplete((response, error) -> {
                    if (response != null) {
                        response.got = true;
                    }
                    done.countDown();
                });
            }
            for (int i = 0; i < 20; i += 5) {
                cancelled += calls.get(i).cancel(true) ? 1 : 0;
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).as("every call ends").isTrue();
        }
        servers.shutdown();
        assertThat(servers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        workers.shutdown();
        assertThat(workers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        for (Response response : responses) {
            assertThat(response.closed).hasValue(response.got ? 0 : 1);
        }
        RetryCounts counts = retry.counts();
        assertThat(counts.calls()).isEqualTo(CALLS);
        assertThat(counts.attempts()).isEqualTo(sent.get());
        assertThat(cancelled).isPositive();
        // A call that has won may find that it was cancelled in the same moment.
        assertThat(counts.ended(StopReason.CANCELLED)).isBetween(1L, (long) cancelled);
        assertThat(recorder.all(RetryEvent.CallEnded.class)).hasSize(CALLS);
        assertThat(recorder.all(RetryEvent.CallbackFailed.class)).isEmpty();
        for (RetryEvent.CallEnded ended : recorder.all(RetryEvent.CallEnded.class)) {
            List<Integer> numbers =
                    ended.history().first().stream().map(History.Entry::number).toList();
            assertThat(numbers)
                    .isEqualTo(List.of(1, 2, 3).subList(0, ended.history().attempts()));
        }
    }
}
