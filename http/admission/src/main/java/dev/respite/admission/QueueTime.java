package dev.respite.admission;

import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Measures the time that a request has waited for a thread of its server.
 *
 * <p>Install it between the server and its threads. The server hands it each task, for example a request that has arrived on a
 * kept-alive connection, and the running task reads its own wait.
 *
 * <p>Tomcat accepts any {@code Executor}:
 *
 * <pre>{@code
 * QueueTime queueTime = QueueTime.create();
 * ExecutorService workers = Executors.newFixedThreadPool(200);
 * connector.getProtocolHandler().setExecutor(queueTime.wrap(workers));      // before the start
 * }</pre>
 *
 * <p>Tomcat does not shut down an external executor; its owner does, after Tomcat has stopped. {@code maxThreads} and {@code
 * minSpareThreads} have no effect, and the meters of threads report -1. To keep the meter of busy threads, give Tomcat a subclass
 * of {@code ThreadPoolExecutor} whose {@code execute} calls {@code super.execute(queueTime.measure(task))}. In Spring Boot a
 * {@code TomcatProtocolHandlerCustomizer} sets the executor, which Spring Boot replaces if virtual threads are enabled.
 *
 * <p>Jetty has an executor for each connector:
 *
 * <pre>{@code
 * Server server = new Server(new QueuedThreadPool(200));
 * Executor measured = queueTime.wrap(server.getThreadPool());
 * server.addConnector(new ServerConnector(server, measured, null, null, -1, -1, new HttpConnectionFactory()));
 * }</pre>
 *
 * <p>Jetty still starts and stops the pool. The time that a new connection waits to be accepted is not measured.
 *
 * <p>Safe for use by any number of threads. One object may serve all connectors of a process.
 */
public final class QueueTime {

    private final LongSupplier nanoTime;

    /** Not static: the measurements of two servers are independent. A task leaves no entry behind. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<@Nullable MeasuredTask> current = new ThreadLocal<>();

    private QueueTime(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** {@return a new measurement, which has no executor yet} */
    public static QueueTime create() {
        return of(System::nanoTime);
    }

    static QueueTime of(LongSupplier nanoTime) {
        return new QueueTime(nanoTime);
    }

    /**
     * Returns an executor whose tasks are measured.
     *
     * @param executor runs the tasks. Its owner shuts it down
     * @return the executor, which has no other methods and no threads of its own
     */
    public Executor wrap(Executor executor) {
        Objects.requireNonNull(executor, "executor");
        return task -> executor.execute(measure(task));
    }

    /**
     * Returns a task whose wait is measured from this call until it runs, for an {@code execute} of your own.
     *
     * @param task the task
     * @return the task to execute once
     */
    public Runnable measure(Runnable task) {
        return new MeasuredTask(Objects.requireNonNull(task, "task"), nanoTime.getAsLong());
    }

    /**
     * Takes the wait of the task that runs on this thread. Only the first call in a task gets it: a further request that the
     * server processes in the same task has not waited for a thread.
     *
     * @return the nanoseconds from {@code execute} until the task has begun to run; empty if there are none or they are taken
     */
    public OptionalLong takeWaitedNanos() {
        MeasuredTask task = current.get();
        return task == null ? OptionalLong.empty() : task.take();
    }

    /** A task and its wait. Only the thread that runs it accesses the wait. */
    private final class MeasuredTask implements Runnable {

        private final Runnable task;
        private final long submittedNanos;
        private OptionalLong waitedNanos = OptionalLong.empty();

        MeasuredTask(Runnable task, long submittedNanos) {
            this.task = task;
            this.submittedNanos = submittedNanos;
        }

        OptionalLong take() {
            OptionalLong taken = waitedNanos;
            waitedNanos = OptionalLong.empty();
            return taken;
        }

        @Override
        public void run() {
            // A task may run others on its own thread, for example if the pool is full and the caller runs them.
            MeasuredTask outer = current.get();
            waitedNanos = OptionalLong.of(nanoTime.getAsLong() - submittedNanos);
            current.set(this);
            try {
                task.run();
            } finally {
                if (outer == null) {
                    current.remove();
                } else {
                    current.set(outer);
                }
            }
        }
    }
}
