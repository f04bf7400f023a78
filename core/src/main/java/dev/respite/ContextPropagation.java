package dev.respite;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A task that runs in the context of the thread on which this was made, if that is carried. A carrier that fails carries
 * nothing, but stops no task.
 */
final class ContextPropagation implements Runnable {

    private final Runnable task;
    private final RetryCall<?> call;
    private final @Nullable Runnable wrapped;

    /** The threads that are on their way through the carrier. */
    private final Set<Thread> entered = ConcurrentHashMap.newKeySet();

    private ContextPropagation(Runnable task, UnaryOperator<Runnable> carrier, RetryCall<?> book) {
        this.task = task;
        this.call = book;
        this.wrapped = carriedBy(carrier);
    }

    static Runnable wrap(@Nullable UnaryOperator<Runnable> carrier, Runnable task, RetryCall<?> book) {
        return carrier == null ? task : new ContextPropagation(task, carrier, book);
    }

    private @Nullable Runnable carriedBy(UnaryOperator<Runnable> carrier) {
        try {
            return Objects.requireNonNull(carrier.apply(this::runTask), "the carrier returned no task");
        } catch (Throwable bug) {
            call.report("context", bug);
            return null;
        }
    }

    private void runTask() {
        entered.remove(Thread.currentThread());
        task.run();
    }

    @Override
    public void run() {
        entered.add(Thread.currentThread());
        if (wrapped != null) {
            try {
                wrapped.run();
            } catch (Throwable bug) {
                call.report("context", bug);
            }
        }
        if (entered.remove(Thread.currentThread())) {
            task.run();
        }
    }
}
