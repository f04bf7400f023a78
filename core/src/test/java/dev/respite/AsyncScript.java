package dev.respite;

import dev.respite.outcome.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An asynchronous operation that plays a list of outcomes; when it comes to its end it plays the last again. A stage or
 * null is returned as it is, a throwable becomes a stage that has failed, {@link Thrown} is thrown, and {@link #PENDING}
 * stands for a stage that its test completes. It is a simple operation, and nevertheless records its attempts.
 */
final class AsyncScript implements AsyncOperation.Simple<Object> {

    static final Object PENDING = new Object();
    static final Object NO_STAGE = new Object();

    /** The exception thrown in place of a stage. */
    record Thrown(Throwable error) {}

    final List<Attempt> attempts = new CopyOnWriteArrayList<>();

    /** The stage of each attempt that had one. */
    final List<CompletionStage<?>> stages = new ArrayList<>();

    private final List<?> outcomes;

    private AsyncScript(List<?> outcomes) {
        this.outcomes = outcomes;
    }

    static AsyncScript of(Object... outcomes) {
        return new AsyncScript(List.of(outcomes));
    }

    @Override
    public CompletionStage<Object> attempt() {
        return attempt(Attempt.FIRST);
    }

    @Override
    public CompletionStage<Object> attempt(Attempt attempt) {
        Object outcome = outcomes.get(Math.min(attempts.size(), outcomes.size() - 1));
        attempts.add(attempt);
        CompletionStage<Object> stage = stage(outcome);
        stages.add(stage);
        return stage;
    }

    @SuppressWarnings("unchecked") // a script mixes outcomes of all types
    private static CompletionStage<Object> stage(Object outcome) {
        if (outcome == NO_STAGE) {
            return null;
        }
        if (outcome instanceof Thrown thrown) {
            throw SneakyThrow.raise(thrown.error());
        }
        if (outcome instanceof CompletionStage<?> stage) {
            return (CompletionStage<Object>) stage;
        }
        if (outcome instanceof Throwable error) {
            return CompletableFuture.failedFuture(error);
        }
        return outcome == PENDING ? new CompletableFuture<>() : CompletableFuture.completedFuture(outcome);
    }

    int ran() {
        return attempts.size();
    }

    /** The stage of the attempt of that number, which was {@link #PENDING}. */
    @SuppressWarnings("unchecked")
    CompletableFuture<Object> pending(int number) {
        return (CompletableFuture<Object>) stages.get(number - 1);
    }
}
