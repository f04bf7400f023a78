package dev.respite.apache5;

import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.core5.concurrent.Cancellable;

/** Ends an exchange whose time is up, unless it has ended. */
final class TimeCut implements Runnable {

    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private final Cancellable exchange;

    private enum State {
        RUNNING,
        ENDED,
        CUT
    }

    TimeCut(Cancellable exchange) {
        this.exchange = exchange;
    }

    @Override
    public void run() {
        if (state.compareAndSet(State.RUNNING, State.CUT)) {
            exchange.cancel();
        }
    }

    /** The exchange has ended: it is not cut from now on. Returns whether it was. */
    boolean hasCut() {
        return !state.compareAndSet(State.RUNNING, State.ENDED) && state.get() == State.CUT;
    }
}
