package dev.respite.spring.boot.durable;

import dev.respite.durable.DurableRetry;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * Runs durable calls while the context runs. It starts last and stops first, by the default phase: all beans that handlers
 * use exist until the last attempt has ended.
 */
final class DurableWorker implements SmartLifecycle, DisposableBean {

    private final Supplier<DurableRetry> builds;
    private final RunningRetry running;

    /** Built with the bean, so that errors are reported before anything starts. */
    private final AtomicReference<@Nullable DurableRetry> first;

    DurableWorker(Supplier<DurableRetry> builds, RunningRetry running) {
        this.builds = builds;
        this.running = running;
        this.first = new AtomicReference<>(builds.get());
    }

    /** Builds another instance if this is not the first start, since an instance starts once. */
    @Override
    public void start() {
        if (isRunning()) {
            return;
        }
        DurableRetry durable = Optional.ofNullable(first.getAndSet(null)).orElseGet(builds);
        durable.start();
        running.set(durable);
    }

    /** Returns when the last attempt has ended. */
    @Override
    public void stop() {
        running.remove().ifPresent(DurableRetry::close);
    }

    @Override
    public boolean isRunning() {
        return running.get().isPresent();
    }

    @Override
    public void destroy() {
        stop();
    }
}
