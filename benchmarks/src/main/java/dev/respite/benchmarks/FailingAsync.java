package dev.respite.benchmarks;

import dev.failsafe.function.CheckedSupplier;
import dev.respite.AsyncOperation;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Asynchronous operations that fail so many times and then succeed once, with stages made beforehand. */
public class FailingAsync {

    private final int failures;
    private final CompletableFuture<Object> failure =
            CompletableFuture.failedFuture(new ConnectException("made beforehand"));
    private final CompletableFuture<Object> success = CompletableFuture.completedFuture(new Object());

    /** Attempts follow each other, on whatever thread. */
    private int failed;

    final Supplier<CompletionStage<Object>> stage = this::attempt;
    final AsyncOperation.Simple<Object> respite = this::attempt;
    final CheckedSupplier<CompletionStage<Object>> failsafe = this::attempt;
    final Supplier<CompletableFuture<Object>> reactor = this::attempt;

    private FailingAsync(int failures) {
        this.failures = failures;
    }

    private CompletableFuture<Object> attempt() {
        if (failed < failures) {
            failed++;
            return failure;
        }
        failed = 0;
        return success;
    }

    /** Fails twice. */
    @State(Scope.Thread)
    public static class Twice {
        final FailingAsync work = new FailingAsync(2);
    }

    /** Never succeeds. */
    @State(Scope.Thread)
    public static class Always {
        final FailingAsync work = new FailingAsync(Integer.MAX_VALUE);
    }
}
