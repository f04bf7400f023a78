package dev.respite.driver;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks in the context of the thread on which they were wrapped, by the carrier that was given to {@code Retry.withContext}. A
 * carrier that throws, or that does not run the task, propagates nothing: the task runs nevertheless. Safe for use by any number
 * of threads.
 */
public final class ContextPropagation implements Runnable {

    private final Runnable task;
    private final Consumer<Throwable> onBug;
    private final @Nullable Runnable wrapped;

    /** The threads that have called the wrapped task, which has not yet called ours. */
    private final Map<Thread, Boolean> entered = new ConcurrentHashMap<>();

    private ContextPropagation(UnaryOperator<Runnable> context, Runnable task, Consumer<Throwable> onBug) {
        this.task = task;
        this.onBug = onBug;
        this.wrapped = wrappedBy(context);
    }

    /**
     * Wraps a task that may run any number of times. If the context runs it on another thread, it may run once more on this one.
     *
     * @param context wraps a task so that it runs in the context of the current thread; null for the class loader alone
     * @param task the task
     * @param onBug receives what the context throws
     * @return the task in its context, and with the context class loader of this thread
     */
    public static Runnable wrap(@Nullable UnaryOperator<Runnable> context, Runnable task, Consumer<Throwable> onBug) {
        @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Runnable inContext = context == null ? task : new ContextPropagation(context, task, onBug);
        return () -> runWith(loader, inContext);
    }

    /**
     * Runs a task with a context class loader, and restores the thread's own afterwards.
     *
     * @param loader the class loader
     * @param task the task
     */
    public static void runWith(@Nullable ClassLoader loader, Runnable task) {
        Thread thread = Thread.currentThread();
        @Nullable ClassLoader own = thread.getContextClassLoader();
        if (own == loader || !setLoader(thread, loader)) {
            task.run();
            return;
        }
        try {
            task.run();
        } finally {
            thread.setContextClassLoader(own);
        }
    }

    /** With a security manager, threads of the common pool keep the system class loader. */
    private static boolean setLoader(Thread thread, @Nullable ClassLoader loader) {
        try {
            thread.setContextClassLoader(loader);
            return true;
        } catch (SecurityException fixed) {
            return false;
        }
    }

    /**
     * Wraps a task that runs once, however often the returned one runs and whatever the context does.
     *
     * @param context wraps a task so that it runs in the context of the current thread; null for the class loader alone
     * @param task the task
     * @param onBug receives what the context throws
     * @return the task in its context
     */
    public static Runnable wrapOnce(
            @Nullable UnaryOperator<Runnable> context, Runnable task, Consumer<Throwable> onBug) {
        AtomicBoolean begun = new AtomicBoolean();
        return wrap(
                context,
                () -> {
                    if (begun.compareAndSet(false, true)) {
                        task.run();
                    }
                },
                onBug);
    }

    private @Nullable Runnable wrappedBy(UnaryOperator<Runnable> context) {
        try {
            return Objects.requireNonNull(context.apply(this::runTask), "the context returned no task");
        } catch (Throwable bug) {
            onBug.accept(bug);
            return null;
        }
    }

    private void runTask() {
        entered.remove(Thread.currentThread());
        task.run();
    }

    @Override
    public void run() {
        entered.put(Thread.currentThread(), true);
        if (wrapped != null) {
            try {
                wrapped.run();
            } catch (Throwable bug) {
                onBug.accept(bug);
            }
        }
        if (entered.remove(Thread.currentThread()) != null) {
            task.run();
        }
    }
}
