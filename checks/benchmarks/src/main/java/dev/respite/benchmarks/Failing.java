package dev.respite.benchmarks;

import dev.failsafe.function.CheckedSupplier;
import dev.respite.Operation;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.core.retry.Retryable;
import org.springframework.retry.RetryCallback;

/** Operations that fail so many times and then succeed once, with one exception made beforehand. */
public class Failing {

    private final int failures;
    private final IOException error = new ConnectException("made beforehand");
    private final Object value = new Object();
    private int failed;

    final Callable<Object> callable = this::attempt;
    final Operation.Simple<Object, IOException> respite = this::attempt;
    final CheckedSupplier<Object> failsafe = this::attempt;
    final Retryable<Object> springCore = this::attempt;
    final RetryCallback<Object, IOException> springRetry = context -> attempt();

    private Failing(int failures) {
        this.failures = failures;
    }

    private Object attempt() throws IOException {
        if (failed < failures) {
            failed++;
            throw error;
        }
        failed = 0;
        return value;
    }

    /** Fails twice. */
    @State(Scope.Thread)
    public static class Twice {
        final Failing work = new Failing(2);
    }

    /** Never succeeds. */
    @State(Scope.Thread)
    public static class Always {
        final Failing work = new Failing(Integer.MAX_VALUE);
    }
}
