package dev.respite;

import static dev.respite.HedgeFixture.DELAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.HedgeFixture.Server;
import dev.respite.hedge.Hedge;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The effect of the user's operation, classifier, context carrier and executor on a hedged call. */
class HedgeUserCodeTest {

    private final HedgeFixture fixture = new HedgeFixture();
    private final VirtualTime time = fixture.time;
    private final Recorder recorder = fixture.recorder;
    private final Server server = fixture.server;

    @Test
    void callIdempotent_ofWorkThatThrowsOrHasNoStage_failsByThat() {
        IllegalStateException bug = new IllegalStateException();
        assertThatThrownBy(() -> fixture.hedging("")
                        .callIdempotent(() -> {
                            throw bug;
                        })
                        .getNow(null))
                .hasCause(bug);
        CompletableFuture<Object> none = fixture.hedging("").callIdempotent(() -> null);
        assertThatThrownBy(() -> none.getNow(null)).hasCauseInstanceOf(NullPointerException.class);
    }

    @Test
    void callIdempotent_whoseClassifierThrows_takesTheValue() {
        Retry retry = fixture.retrying("").driver().withClassifier(outcome -> {
            throw new IllegalStateException("bug");
        });
        CompletableFuture<Object> result = Hedge.of(retry, DELAY).callIdempotent(server.responds("pong", 1));
        time.runAll();
        assertThat(result).isCompletedWithValue("pong");
        assertThat(recorder.all(RetryEvent.CallbackFailed.class)).hasSize(1);
    }

    /** A time whose executor takes nothing. */
    private record RefusingTime(VirtualTime time) implements TimeSource.Forwarding {

        @Override
        public Executor executor() {
            return task -> {
                throw new RejectedExecutionException("full");
            };
        }

        @Override
        public TimeSource delegate() {
            return time;
        }
    }

    @Test
    void callIdempotent_whenTheExecutorRefuses_goesOnWithoutAHedge() {
        Retry retry = Retry.of(RetryPolicy.parse("budget=10%"), new RefusingTime(time));
        CompletableFuture<Object> result = Hedge.of(retry, DELAY).callIdempotent(server.responds("pong", 30));
        time.advance(Duration.ofMillis(40));
        assertThat(result).isCompletedWithValue("pong");
        assertThat(retry.counts().attempts()).isEqualTo(1);
        assertThat(retry.budget().retriesLeft()).isEqualTo(10);
    }

    @Test
    void callIdempotent_whenTheExecutorRefusesTheOnlyWayOn_endsWithWhatItHas() {
        ConnectException failure = new ConnectException();
        Retry retry = Retry.of(RetryPolicy.parse("budget=10%"), new RefusingTime(time))
                .withListener(recorder);
        CompletableFuture<Object> result = Hedge.of(retry, DELAY).callIdempotent(server.responds(failure, 1));
        time.advance(Duration.ofMillis(2));
        assertThatThrownBy(() -> result.getNow(null)).hasCause(failure);
        assertThat(recorder.ended().reason()).isEqualTo(StopReason.EXECUTOR_REFUSED);
        assertThat(retry.budget().retriesLeft()).isEqualTo(10);
        assertThat(retry.counts().attempts()).isEqualTo(1);
    }

    @Test
    void callIdempotent_withAContext_runsAttemptsAndListenersInIt() {
        List<String> seen = new ArrayList<>();
        String[] current = {"nobody"};
        Retry retry = fixture.retrying("")
                .withListener(event -> seen.add(current[0]))
                .withContext(task -> {
                    String captured = current[0];
                    return () -> {
                        String before = current[0];
                        current[0] = captured;
                        task.run();
                        current[0] = before;
                    };
                });
        current[0] = "alice";
        Hedge.of(retry, DELAY).callIdempotentWithAttempt(attempt -> {
            seen.add(current[0]);
            return server.responds("late", 900).responds("pong", 1).attempt(attempt);
        });
        current[0] = "nobody";
        time.runAll();
        assertThat(seen).containsExactly("alice", "alice", "alice");
    }

    @Test
    void callIdempotent_whoseCarrierFails_goesOnWithoutAContext() {
        for (java.util.function.UnaryOperator<Runnable> broken : List.<java.util.function.UnaryOperator<Runnable>>of(
                task -> null,
                task -> () -> {
                    throw new IllegalStateException("carrier");
                },
                task -> () -> {})) {
            CompletableFuture<Object> result = Hedge.of(fixture.retrying("").withContext(broken), DELAY)
                    .callIdempotent(fixture.new Server().responds("late", 900).responds("pong", 1));
            time.advance(Duration.ofMillis(20));
            assertThat(result).isCompletedWithValue("pong");
        }
    }

    @Test
    void attempt_thatADirectExecutorRuns_doesNotHoldUpTheAnswerOfAnother() {
        List<CompletableFuture<Object>> replies = new ArrayList<>();
        boolean[] answeredAtOnce = new boolean[1];
        AtomicReference<CompletableFuture<Object>> call = new AtomicReference<>();
        Hedge hedge = Hedge.of(Retry.of(RetryPolicy.parse("budget=off"), new ManualTime(Runnable::run)), DELAY)
                .withMaxAttempts(3);
        call.set(hedge.callIdempotentWithAttempt(attempt -> {
            CompletableFuture<Object> reply = new CompletableFuture<>();
            replies.add(reply);
            if (attempt.number() == 3) {
                // As an attempt that is slow to start would see it: the first attempt is answered meanwhile.
                replies.get(0).complete("value");
                answeredAtOnce[0] = call.get().isDone();
            }
            return reply;
        }));
        ManualTime time = (ManualTime) hedge.retry().time();
        time.tasks.get(0).run();
        replies.get(1).completeExceptionally(new ConnectException());
        assertThat(call.get()).isCompletedWithValue("value");
        assertThat(answeredAtOnce[0]).isTrue();
    }
}
