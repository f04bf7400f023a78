package dev.respite;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.Condition;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Wraps tasks so that, on other threads, enclosing calls recognize failures on which an inner call has given up.
 *
 * <p>What an inner call has given up on is not retried again by the calls around it. They are found by thread: a
 * blocking call knows what was given up on its thread, an asynchronous one what was given up by calls that began while
 * its operation was being started. Where an attempt hands work to an executor, and that work makes calls of its own, the
 * knowledge has to be carried there:
 *
 * <pre>{@code
 * Executor executor = task -> pool.execute(NestedRetries.propagate(task));
 * }</pre>
 */
public final class NestedRetries {

    private NestedRetries() {}

    /**
     * A value that has another one inside, as an exception has a cause. What an inner call has given up on is recognized in
     * it: a response 503 in the result that was made of it, for example. Each value of such a class is made for one attempt
     * and is not shared: values that are neither this nor {@link AutoCloseable} are not recognized, since they may be constants.
     */
    public interface Wrapper {

        /**
         * What is inside.
         *
         * @return the value from which this one was made; null if there is none
         */
        @Nullable
        Object wrapped();

        /**
         * Notes that a call has given up on this value. A client that makes an exception of it can mark that one, so that it
         * states {@link dev.respite.failure.FailureFact.Condition#ALREADY_RETRIED}. Does nothing unless it is overridden; must
         * not throw.
         */
        default void givenUp() {}
    }

    /**
     * Returns whether a call of Respite has retried and given up on a failure, for other retry libraries: what this returns true
     * for is not worth their retries. It finds calls that ended on this thread, asynchronous calls that began on it, and, in
     * the code that runs by {@link #propagate}, those of the thread from which the task comes.
     *
     * <pre>{@code
     * RetryTemplate template = new RetryTemplate(RetryPolicy.builder()
     *         .predicate(failure -> !NestedRetries.hasGivenUp(failure)).build());
     * }</pre>
     *
     * <p>The last 8 failures of each thread are known, by identity. Two calls that fail with the same object, such as a constant,
     * cannot be distinguished here: one that Respite gave up on before is recognized again.
     *
     * @param failure a failure, or an exception that has it among its causes
     * @return true if a call gave up on the failure or on one of its causes
     */
    public static boolean hasGivenUp(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        AtomicReference<Object[]> here = GivenUpFailures.ofThread();
        return (here != null && GivenUpFailures.containsOfAnyEpoch(here, failure))
                || FactReader.states(failure, Condition.ALREADY_RETRIED);
    }

    /**
     * The calls that enclose the code on a thread. For libraries that move code between threads by themselves, such as coroutines:
     * they make it those of the thread whenever the code gets a thread, and restore those before when it leaves the thread. Where
     * a task is handed over, {@link #propagate} does both. Immutable, and safe for use by any number of threads.
     */
    public static final class Enclosing {

        private final @Nullable AtomicReference<Object[]> set;

        private Enclosing(@Nullable AtomicReference<Object[]> set) {
            this.set = set;
        }

        /**
         * Makes these the calls that enclose the code on this thread.
         *
         * @return those before, which have to be entered when the code leaves the thread
         */
        public Enclosing enter() {
            @Nullable AtomicReference<Object[]> before = GivenUpFailures.ofThread();
            GivenUpFailures.leave(set);
            return new Enclosing(before);
        }
    }

    /**
     * Returns the calls that enclose the code on this thread.
     *
     * @return the calls, for any thread
     */
    public static Enclosing enclosing() {
        return new Enclosing(GivenUpFailures.current());
    }

    /**
     * A task that runs as if it were on this thread, as far as enclosing calls are concerned.
     *
     * @param task the task
     * @return the same task, for any thread
     */
    public static Runnable propagate(Runnable task) {
        AtomicReference<Object[]> here = GivenUpFailures.current();
        return () -> {
            AtomicReference<Object[]> before = GivenUpFailures.enter(here);
            try {
                task.run();
            } finally {
                GivenUpFailures.leave(before);
            }
        };
    }

    /**
     * A task that runs as if it were on this thread, as far as enclosing calls are concerned.
     *
     * @param task the task
     * @param <V> the type of its result
     * @return the same task, for any thread
     */
    public static <V extends @Nullable Object> Callable<V> propagateCallable(Callable<V> task) {
        AtomicReference<Object[]> here = GivenUpFailures.current();
        return () -> {
            AtomicReference<Object[]> before = GivenUpFailures.enter(here);
            try {
                return task.call();
            } finally {
                GivenUpFailures.leave(before);
            }
        };
    }
}
