package dev.respite.http;

import static java.lang.System.Logger.Level.WARNING;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A task that runs once, in the context of the thread on which this was made, if that is carried. A carrier that fails
 * carries nothing, but stops no task.
 */
final class InContext implements Runnable {

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private final Runnable task;
    private final @Nullable Runnable carried;
    private final AtomicBoolean begun = new AtomicBoolean();

    InContext(UnaryOperator<Runnable> carrier, Runnable task) {
        this.task = task;
        this.carried = carriedBy(carrier);
    }

    private @Nullable Runnable carriedBy(UnaryOperator<Runnable> carrier) {
        try {
            return Objects.requireNonNull(carrier.apply(this::begin), "the carrier returned no task");
        } catch (Throwable bug) {
            report(bug);
            return null;
        }
    }

    @Override
    public void run() {
        if (carried != null) {
            try {
                carried.run();
            } catch (Throwable bug) {
                report(bug);
            }
        }
        begin();
    }

    private void begin() {
        if (begun.compareAndSet(false, true)) {
            task.run();
        }
    }

    private static void report(Throwable bug) {
        LOGGER.log(WARNING, "the context of an HTTP call has not been carried: its carrier has thrown", bug);
    }
}
