package dev.respite.spring.boot.admission;

import dev.respite.admission.QueueTime;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import org.eclipse.jetty.util.BlockingArrayQueue;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.jetty.autoconfigure.JettyServerProperties;

/** The threads of a Jetty, whose tasks are measured. Jetty starts and stops them. */
final class MeasuredJettyThreads extends QueuedThreadPool {

    private static final int DEFAULT_MAX = 200;
    private static final int DEFAULT_MIN = 8;
    private static final int DEFAULT_IDLE_TIMEOUT_MILLIS = 60_000;

    private final QueueTime queueTime;

    private MeasuredJettyThreads(
            int max, int min, int idleTimeoutMillis, @Nullable BlockingQueue<Runnable> queue, QueueTime queueTime) {
        super(max, min, idleTimeoutMillis, queue);
        this.queueTime = queueTime;
    }

    /** Returns threads as Spring Boot makes them of {@code server.jetty.threads}. */
    static MeasuredJettyThreads of(JettyServerProperties.Threads threads, QueueTime queueTime) {
        return new MeasuredJettyThreads(
                threads.getMax() > 0 ? threads.getMax() : DEFAULT_MAX,
                threads.getMin() > 0 ? threads.getMin() : DEFAULT_MIN,
                threads.getIdleTimeout() == null
                        ? DEFAULT_IDLE_TIMEOUT_MILLIS
                        : (int) threads.getIdleTimeout().toMillis(),
                queue(threads.getMaxQueueCapacity()),
                queueTime);
    }

    private static @Nullable BlockingQueue<Runnable> queue(@Nullable Integer capacity) {
        if (capacity == null) {
            return null;
        }
        return capacity == 0 ? new SynchronousQueue<>() : new BlockingArrayQueue<>(capacity);
    }

    @Override
    public void execute(Runnable task) {
        super.execute(queueTime.measure(task));
    }

    /** Runs the task at once on a reserved thread. Without a measurement of its own it would have the wait of that thread. */
    @Override
    public boolean tryExecute(Runnable task) {
        return super.tryExecute(queueTime.measure(task));
    }
}
