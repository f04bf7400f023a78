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
final class Carried implements Runnable {

    private final Runnable task;
    private final RetryCall<?> book;
    private final @Nullable Runnable carried;

    /** The threads that are on their way through the carrier. */
    private final Set<Thread> underWay = ConcurrentHashMap.newKeySet();

    private Carried(Runnable task, UnaryOperator<Runnable> carrier, RetryCall<?> book) {
        this.task = task;
        this.book = book;
        this.carried = carriedBy(carrier);
    }

    static Runnable by(@Nullable UnaryOperator<Runnable> carrier, Runnable task, RetryCall<?> book) {
        return carrier == null ? task : new Carried(task, carrier, book);
    }

    private @Nullable Runnable carriedBy(UnaryOperator<Runnable> carrier) {
        try {
            return Objects.requireNonNull(carrier.apply(this::arrive), "the carrier returned no task");
        } catch (Throwable bug) {
            book.report("context", bug);
            return null;
        }
    }

    private void arrive() {
        underWay.remove(Thread.currentThread());
        task.run();
    }

    @Override
    public void run() {
        underWay.add(Thread.currentThread());
        if (carried != null) {
            try {
                carried.run();
            } catch (Throwable bug) {
                book.report("context", bug);
            }
        }
        if (underWay.remove(Thread.currentThread())) {
            task.run();
        }
    }
}
