package dev.respite;

import dev.respite.failure.FactReader;
import dev.respite.failure.FailureFact.Condition;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Wraps tasks so that, on other threads, enclosing calls recognize failures on which an inner call has given up.
 *
 * <p>The calls around an inner call do not retry its failure if the inner call has given up on it. Failures are found by thread. A
 * blocking call finds the failures of calls that ended on its thread. An asynchronous call finds the failures of calls that began
 * while its operation was being started. If an attempt hands work to an executor, and that work makes calls of its own, the task has to
 * be wrapped:
 *
 * <pre>{@code
 * Executor executor = task -> pool.execute(NestedRetries.propagate(task));
 * }</pre>
 */
public final class NestedRetries {

    private NestedRetries() {}

    /**
     * A value that contains another one, as an exception has a cause. It lets the calls around recognize, for example, a
     * response 503 in the result that was made of it. Each value of such a class is made for one attempt and is not
     * shared: other values that are not {@link AutoCloseable} are not recognized, since they may be constants.
     */
    public interface Wrapper {

        /** {@return the value from which this one was made; null if there is none} */
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
     * Returns whether a call of Respite has retried and given up on a failure, for other retry libraries: they need not
     * retry it. It finds calls that ended on this thread and asynchronous calls that began on it. In a task that was
     * wrapped by {@link #propagate}, it finds the calls of the thread that wrapped it.
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
     * Returns whether the code on this thread starts an attempt of a {@link dev.respite.hedge.Hedge}, for clients that retry: their
     * attempts would be multiplied. It holds in a task that was wrapped by {@link #propagate}, too, but not on other threads, nor
     * within an asynchronous call that is retried inside the attempt.
     *
     * @return true if it does
     */
    public static boolean isHedged() {
        return GivenUpFailures.isHedged();
    }

    /**
     * The calls that enclose the code on a thread. For libraries that move code between threads by themselves, such as
     * coroutines. They enter the calls whenever the code gets a thread, and restore the former ones when it leaves the
     * thread. Where a task is handed over, {@link #propagate} does both. Immutable, and safe for use by any number of
     * threads.
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
     * Wraps a task so that it runs as if it were on this thread, as far as enclosing calls are concerned.
     *
     * @param task the task
     * @return the same task, for any thread
     */
    public static Runnable propagate(Runnable task) {
        AtomicReference<Object[]> here = GivenUpFailures.current();
        return () -> {
            AtomicReference<Object[]> before = GivenUpFailures.enter(GivenUpFailures.within(here));
            try {
                task.run();
            } finally {
                GivenUpFailures.leave(before);
            }
        };
    }
}
