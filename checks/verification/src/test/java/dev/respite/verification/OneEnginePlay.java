package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.RetryCounts;
import dev.respite.RetryEvent;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.time.VirtualTime;
import dev.respite.verification.OneEngineScript.Step;
import dev.respite.verification.OneEngineTrace.Line;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import kotlin.coroutines.Continuation;
import kotlinx.coroutines.CompletableDeferred;
import kotlinx.coroutines.CompletableDeferredKt;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;

/** A script that is played once, as the operation of one call. */
final class OneEnginePlay {

    private final List<Step> steps;
    private final VirtualTime time;
    private final List<Attempt> begun = new ArrayList<>();
    private final List<Long> starts = new ArrayList<>();
    private boolean flagExpected;
    private Outcome<?> outcome = Outcome.failure(new AssertionError("the call has not ended"));
    private long endNanos = -1;

    OneEnginePlay(List<Step> steps, VirtualTime time) {
        this.steps = steps;
        this.time = time;
    }

    private Step begin(Attempt attempt) {
        begun.add(attempt);
        starts.add(time.nanoTime());
        return OneEngineScript.step(steps, attempt);
    }

    Object now(Attempt attempt) throws Exception {
        Step step = begin(attempt);
        time.advance(Duration.ofNanos(step.durationNanos()));
        if (step.interrupt()) {
            Thread.currentThread().interrupt();
        }
        boolean lost = step.outcome() instanceof Outcome.Failure<Object> failure && failure.clearedInterruptFlag();
        flagExpected = step.interrupt() || lost;
        return produce(step);
    }

    /** What takes no time is there at once, or thrown. */
    CompletionStage<Object> later(Attempt attempt) throws Exception {
        Step step = begin(attempt);
        if (step.durationNanos() == 0) {
            return CompletableFuture.completedFuture(produce(step));
        }
        CompletableFuture<Object> stage = new CompletableFuture<>();
        time.schedule(
                () -> {
                    if (step.outcome() instanceof Outcome.Failure<Object> failure) {
                        stage.completeExceptionally(failure.error());
                    } else {
                        stage.complete(((Outcome.Success<Object>) step.outcome()).value());
                    }
                },
                step.durationNanos());
        return stage;
    }

    Mono<Object> emitted(Attempt attempt) {
        Step step = begin(attempt);
        return Mono.create(sink -> {
            if (step.durationNanos() == 0) {
                emit(step, sink);
            } else {
                Future<?> set = time.schedule(() -> emit(step, sink), step.durationNanos());
                sink.onCancel(() -> set.cancel(false));
            }
        });
    }

    /** As the compiler of Kotlin calls a suspending function: the caller comes last, and the value is there or a marker. */
    Object suspended(Attempt attempt, Continuation<? super Object> caller) {
        Step step = begin(attempt);
        if (step.durationNanos() == 0) {
            return throwing(step);
        }
        CompletableDeferred<Object> later = CompletableDeferredKt.CompletableDeferred(null);
        time.schedule(
                () -> {
                    if (step.outcome() instanceof Outcome.Failure<Object> failure) {
                        later.completeExceptionally(failure.error());
                    } else {
                        later.complete(((Outcome.Success<Object>) step.outcome()).value());
                    }
                },
                step.durationNanos());
        return later.await(caller);
    }

    private static Object throwing(Step step) {
        try {
            return produce(step);
        } catch (Exception checked) {
            throw OneEnginePlay.<RuntimeException>unchecked(checked);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Kotlin has no checked exceptions
    private static <X extends Throwable> X unchecked(Throwable error) throws X {
        throw (X) error;
    }

    private static void emit(Step step, MonoSink<Object> sink) {
        if (step.outcome() instanceof Outcome.Failure<Object> failure) {
            sink.error(failure.error());
        } else {
            sink.success(((Outcome.Success<Object>) step.outcome()).value());
        }
    }

    private static Object produce(Step step) throws Exception {
        if (step.outcome() instanceof Outcome.Failure<Object> failure) {
            if (failure.error() instanceof Error error) {
                throw error;
            }
            throw (Exception) failure.error();
        }
        return ((Outcome.Success<Object>) step.outcome()).value();
    }

    /** The end of a call on this thread, which has its flag again where an attempt was interrupted. */
    void endHere(Object value, Throwable error) {
        boolean flag = Thread.interrupted();
        assertThat(flag).isEqualTo(flagExpected);
        end(value, error);
    }

    void end(Object value, Throwable error) {
        outcome = lateIsLate(error == null ? Outcome.success(value) : Outcome.failure(error));
        endNanos = time.nanoTime();
        Thread.interrupted();
    }

    /** Each driver makes an exception of its own when the time of an attempt is up. */
    private static Outcome<?> lateIsLate(Outcome<?> ended) {
        boolean late = ended instanceof Outcome.Failure<?> failure
                && failure.error() instanceof TimeoutException
                && String.valueOf(failure.error().getMessage()).startsWith("no result within ");
        return late ? OneEngineFold.LATE : ended;
    }

    /** The events of this call, which must agree with the observed attempts. */
    OneEngineTrace trace(List<RetryEvent> events) {
        List<Line> lines = new ArrayList<>();
        RetryEvent.CallEnded ended = (RetryEvent.CallEnded) events.get(events.size() - 1);
        for (RetryEvent event : events.subList(0, events.size() - 1)) {
            RetryEvent.AttemptFailed failed = (RetryEvent.AttemptFailed) event;
            lines.add(line(lines.size(), failed.attempt(), OneEngineTrace.then(failed.decision())));
        }
        if (ended.reason() == StopReason.ACCEPTED) {
            Attempt last = begun.get(lines.size()).at(endNanos);
            lines.add(line(lines.size(), last, StopReason.ACCEPTED.toString()));
        }
        assertThat(lines).hasSameSizeAs(begun);
        assertThat(withoutFlag(lateIsLate(ended.outcome()))).isEqualTo(outcome);
        assertThat(ended.history().attempts()).isEqualTo(begun.size());
        assertThat(ended.history().elapsed()).isEqualTo(Duration.ofNanos(endNanos));
        return new OneEngineTrace(lines, ended.reason(), lateIsLate(ended.outcome()), endNanos);
    }

    /** What the caller of a call sees of an outcome. */
    private static Outcome<?> withoutFlag(Outcome<?> ended) {
        return ended instanceof Outcome.Failure<?> failure ? Outcome.failure(failure.error()) : ended;
    }

    /** A call without a listener came to the same end, at the same time, and was counted once. */
    void assertEndedAs(OneEngineTrace received, RetryCounts counts) {
        assertThat(outcome).isEqualTo(withoutFlag(received.outcome()));
        assertThat(endNanos).isEqualTo(received.elapsedNanos());
        assertThat(counts.attempts()).isEqualTo(received.lines().size());
        assertThat(counts.ended(received.reason())).isEqualTo(1);
    }

    private Line line(int i, Attempt end, String then) {
        return new Line(begun.get(i), starts.get(i), end, then);
    }
}
