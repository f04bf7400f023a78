package dev.respite;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.History;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One attempt of a hedged call. The thread that claims it begins it, or ensures that it never begins. */
final class HedgedAttempt<T extends @Nullable Object> {

    private final int number;
    private final AtomicReference<Object[]> givenUp = GivenUpFailures.create();
    private final AtomicBoolean claimed = new AtomicBoolean();
    private volatile @Nullable FlightRecorder recorder;
    private volatile long startNanos;
    private volatile @Nullable CompletionStage<? extends T> stage;
    private volatile boolean cancelled;

    /** Written and read by the thread that owns the call. */
    private long endNanos;

    HedgedAttempt(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    AtomicReference<Object[]> givenUp() {
        return givenUp;
    }

    long startNanos() {
        return startNanos;
    }

    long endNanos() {
        return endNanos;
    }

    void ended(long elapsedNanos) {
        endNanos = elapsedNanos;
    }

    /** Notes the time at which the attempt begins. Once, before all else. */
    void begin(long elapsedNanos) {
        startNanos = elapsedNanos;
        recorder = FlightRecorder.ofCall();
    }

    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** Starts the operation on this thread. Its stage is ended when the time of the attempt is up. */
    void start(AsyncOperation<T> operation, Attempt attempt, CallContext context, BiConsumer<T, Throwable> listener) {
        CompletionStage<? extends T> started = Stages.start(operation, attempt, givenUp, context);
        stage = started;
        if (cancelled) {
            Stages.cancel(started);
        }
        Stages.listen(started, listener);
    }

    void cancel() {
        cancelled = true;
        CompletionStage<? extends T> started = stage;
        if (started != null) {
            Stages.cancel(started);
        }
    }

    void record(CallPublisher publisher, long ended, String label, OptionalLong delay) {
        publisher.history().add(new History.Entry(number, label, startNanos, ended - startNanos, delay), recorder);
    }
}
