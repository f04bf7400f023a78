package dev.respite.call;

import dev.respite.Retry;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Wraps functions of the JDK so that each of their invocations is a call of a {@link Retry}. Each method has a name of its own, so
 * that a lambda or a method reference is never ambiguous.
 *
 * <pre>{@code
 * Function<String, Quote> quotes = Decorators.function(retry, service::fetch);
 * Quote quote = quotes.apply("ACME");
 * }</pre>
 *
 * <p>A decorated function is safe for use by any number of threads if the function is. It throws the last failure as it was
 * thrown.
 */
public final class Decorators {

    private Decorators() {}

    /**
     * Wraps a supplier.
     *
     * @param retry the retry whose calls the invocations are
     * @param supplier the work, which may be run several times in each call
     * @param <T> the type of the value
     * @return a supplier whose invocations are calls
     */
    public static <T extends @Nullable Object> Supplier<T> supplier(Retry retry, Supplier<T> supplier) {
        check(retry, supplier, "supplier");
        return () -> retry.call(supplier::get);
    }

    /**
     * Wraps a task without a value.
     *
     * @param retry the retry whose calls the invocations are
     * @param task the work, which may be run several times in each call
     * @return a task whose invocations are calls
     */
    public static Runnable runnable(Retry retry, Runnable task) {
        check(retry, task, "task");
        return () -> retry.run(task::run);
    }

    /**
     * Wraps a callable.
     *
     * @param retry the retry whose calls the invocations are
     * @param callable the work, which may be run several times in each call
     * @param <T> the type of the value
     * @return a callable whose invocations are calls
     */
    public static <T extends @Nullable Object> Callable<T> callable(Retry retry, Callable<T> callable) {
        check(retry, callable, "callable");
        return () -> retry.call(callable);
    }

    /**
     * Wraps a function.
     *
     * @param retry the retry whose calls the invocations are
     * @param function the work, which may be run several times in each call, with the same argument
     * @param <A> the type of the argument
     * @param <T> the type of the value
     * @return a function whose invocations are calls
     */
    public static <A extends @Nullable Object, T extends @Nullable Object> Function<A, T> function(
            Retry retry, Function<A, T> function) {
        check(retry, function, "function");
        return argument -> retry.call(() -> function.apply(argument));
    }

    /**
     * Wraps a supplier of stages, for asynchronous work.
     *
     * @param retry the retry whose calls the invocations are
     * @param supplier starts the work, which may be started several times in each call
     * @param <T> the type of the value
     * @return a supplier whose invocations are asynchronous calls
     */
    public static <T extends @Nullable Object> Supplier<CompletableFuture<T>> stage(
            Retry retry, Supplier<? extends CompletionStage<T>> supplier) {
        check(retry, supplier, "supplier");
        return () -> retry.callAsync(supplier::get);
    }

    private static void check(Retry retry, Object function, String name) {
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(function, name);
    }
}
