package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import dev.respite.time.TimeSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.core.task.TaskDecorator;
import org.springframework.core.task.VirtualThreadTaskExecutor;

/**
 * The threads of later attempts of asynchronous calls, and their context.
 *
 * <p>The executor is the bean that {@code respite.executor} names, or one of ours. That has virtual threads if {@code
 * spring.threads.virtual.enabled} is set, and otherwise daemon threads that end when they are idle. Ours has neither a limit nor a queue, so no
 * attempt waits for a thread that waits for this attempt. A pool with a limit, such as {@code applicationTaskExecutor}, deadlocks if
 * tasks in all of its threads join calls that are retried there. The budgets of the policies limit retries, and with them the threads.
 *
 * <p>A {@link TaskDecorator} captures the context of the thread that decorates. A timer submits later attempts, so the decorators
 * of the application are applied on the thread of the caller. Safe for use by any number of threads.
 */
final class AttemptThreads implements DisposableBean {

    private static final String NAME = "respite-";
    private static final int IDLE_SECONDS = 5;

    private final Executor executor;
    private final @Nullable ExecutorService own;
    private final List<TaskDecorator> decorators;
    private final @Nullable ClassLoader loader;

    /** The threads that have begun a task of this executor, and not yet called its decorated form. */
    private final Set<Thread> beginning = ConcurrentHashMap.newKeySet();

    /**
     * Finds or creates the executor.
     *
     * @throws SetupException if no executor has the name of the property
     */
    AttemptThreads(RespiteProperties properties, ApplicationContext context, ObjectProvider<TaskDecorator> decorators) {
        // Read once: a context without a class loader of its own returns that of the thread which asks.
        this.loader = context.getClassLoader();
        String name = properties.executor();
        this.own = name == null ? create(context, loader) : null;
        this.executor = own == null ? find(Objects.requireNonNull(name), context) : own;
        this.decorators = decorators.orderedStream().toList();
    }

    private static Executor find(String name, ApplicationContext context) {
        try {
            return context.getBean(name, Executor.class);
        } catch (NoSuchBeanDefinitionException | BeanNotOfRequiredTypeException unknown) {
            Set<String> known = new TreeSet<>(List.of(context.getBeanNamesForType(Executor.class)));
            throw SetupException.ofProperty(
                    RespiteProperties.PREFIX + ".executor",
                    "no bean of the type Executor has the name '" + ValueFormat.shortened(name) + "'"
                            + Spelling.nearSuggestion(name, known) + "; the names are " + String.join(", ", known));
        }
    }

    /** Virtual threads are not kept: they would keep the inherited thread-locals of the call that they were started for. */
    private static ExecutorService create(ApplicationContext context, @Nullable ClassLoader loader) {
        boolean virtual = Threading.VIRTUAL.isActive(context.getEnvironment());
        ThreadFactory factory = virtual
                ? new VirtualThreadTaskExecutor(NAME).getVirtualThreadFactory()
                : task -> newThread(task, loader);
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, virtual ? 0 : IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
    }

    /** It inherits nothing of the call that it is started for. */
    private static Thread newThread(Runnable task, @Nullable ClassLoader loader) {
        Thread thread = new Thread(null, task, NAME + "attempt", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        return thread;
    }

    /** Returns a retry whose later attempts run in the context that the decorators of the application propagate. */
    Retry withContext(Retry retry) {
        if (decorators.isEmpty()) {
            return retry;
        }
        UnaryOperator<Runnable> carrier = retry.context();
        return retry.withContext(task -> decorated(carrier.apply(task)));
    }

    /** Decorators may clear the context at the end of a task, so they are not called on threads that have one of their own. */
    private Runnable decorated(Runnable task) {
        Runnable decorated = task;
        for (TaskDecorator decorator : decorators) {
            decorated = decorator.decorate(decorated);
        }
        Runnable inContext = decorated;
        return () -> (beginning.remove(Thread.currentThread()) ? inContext : task).run();
    }

    /** Returns the system's time with this executor. */
    TimeSource time() {
        return TimeSource.on(this::execute);
    }

    /**
     * Executes a task, in a thread of ours if the executor runs it on the submitting thread, as with {@code CallerRunsPolicy}. That
     * thread is a timer's, or has a context of its own.
     */
    private void execute(Runnable task) {
        Thread submitting = Thread.currentThread();
        // Read and written by the submitting thread only.
        boolean[] isSubmitted = new boolean[1];
        try {
            executor.execute(() -> {
                if (Thread.currentThread() == submitting && !isSubmitted[0]) {
                    newThread(() -> begin(task), loader).start();
                } else {
                    begin(task);
                }
            });
        } finally {
            isSubmitted[0] = true;
        }
    }

    private void begin(Runnable task) {
        beginning.add(Thread.currentThread());
        try {
            task.run();
        } finally {
            beginning.remove(Thread.currentThread());
        }
    }

    /** Rejects later attempts when the application has stopped. The application closes executors of its own. */
    @Override
    public void destroy() {
        if (own != null) {
            own.shutdown();
        }
    }
}
