package dev.respite.benchmarks;

import dev.failsafe.function.CheckedSupplier;
import dev.respite.Operation;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.core.retry.Retryable;

/** An operation that fails twice and then succeeds once, with one exception made beforehand. */
@State(Scope.Thread)
public class FailingTwice {

    private static final int FAILURES = 2;

    private final IOException error = new ConnectException("made beforehand");
    private final Object value = new Object();
    private int failed;

    final Callable<Object> callable = this::attempt;
    final Operation.Simple<Object, IOException> respite = this::attempt;
    final CheckedSupplier<Object> failsafe = this::attempt;
    final Retryable<Object> springCore = this::attempt;

    private Object attempt() throws IOException {
        if (failed < FAILURES) {
            failed++;
            throw error;
        }
        failed = 0;
        return value;
    }
}
