package dev.respite.sim;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.StopReason;
import dev.respite.sim.SimulationEvent.Layer;
import org.jspecify.annotations.Nullable;

/**
 * Where the parts of a run publish what happens. It is closed where the listener is {@link SimulationListener#NONE}: then no
 * part makes an event, and retries have no listener.
 */
final class EventTap implements RetryListener {

    private final SimulationListener listener;
    private final SimTime time;
    private final long interval;
    private long samples;
    private long calls;
    private @Nullable StopReason lastReason;
    private @Nullable Throwable bug;

    EventTap(SimulationListener listener, SimTime time) {
        this.listener = listener;
        this.time = time;
        this.interval = listener.sampleInterval().toNanos();
        if (interval < 1_000_000) {
            throw new IllegalArgumentException("sample interval " + listener.sampleInterval()
                    + ": it must be at least 1 ms; a shorter one would take longer than the run");
        }
    }

    boolean isOpen() {
        return listener != SimulationListener.NONE;
    }

    long now() {
        return time.nanoTime();
    }

    /** Publishes an event. The listener may be in the midst of a call, which must not see its exceptions. */
    void publish(SimulationEvent event) {
        if (bug != null) {
            return;
        }
        try {
            listener.on(event);
        } catch (Throwable thrown) {
            bug = thrown;
        }
    }

    /** Ends the run with what the listener has thrown, if it has. */
    void throwBug() {
        if (bug instanceof Error error) {
            throw error;
        }
        if (bug instanceof RuntimeException thrown) {
            throw thrown;
        }
        if (bug != null) {
            throw new IllegalStateException("the listener has thrown a checked exception", bug);
        }
    }

    /** The time of the next sample of budgets and queues; never, if the tap is closed. */
    long nextSample() {
        return isOpen() ? (samples + 1) * interval : Long.MAX_VALUE;
    }

    void sampled() {
        samples++;
    }

    /** The retry, whose calls end with a reason that the tap knows, if it is open. */
    Retry observe(Retry retry) {
        return isOpen() ? retry.withListener(this) : retry;
    }

    /**
     * Returns the events of a call that starts now, or null if the tap is closed.
     *
     * @param parent the number of the call whose request made this one, or 0
     */
    @Nullable
    CallEvents call(Layer layer, int client, long parent) {
        return isOpen() ? new CallEvents(this, new SimulationEvent.Call(layer, client, ++calls, parent)) : null;
    }

    /** A call notifies of its end, and completes in the same step: what the tap knows is the reason of the latest. */
    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.CallEnded ended) {
            lastReason = ended.reason();
        }
    }

    /** Why the call has ended that has just completed. */
    StopReason takeReason() {
        StopReason reason = lastReason;
        lastReason = null;
        if (reason == null) {
            throw new IllegalStateException("a call has completed without notifying of its end");
        }
        return reason;
    }
}
