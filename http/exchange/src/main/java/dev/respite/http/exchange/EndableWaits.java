package dev.respite.http.exchange;

import dev.respite.time.TimeSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The time of a blocking call, whose waits between attempts end when the client is shut down or the call is cancelled. Then the
 * call goes on, and {@link HttpCall#begin} or the transport ends it.
 */
record EndableWaits(TimeSource delegate, OpenCalls calls, Consumer<Runnable> onWait) implements TimeSource.Forwarding {

    @Override
    public void sleep(long nanos) throws InterruptedException {
        wait(() -> delegate.sleep(nanos));
    }

    @Override
    public void await(CompletableFuture<?> signal) throws InterruptedException {
        wait(() -> delegate.await(signal));
    }

    private void wait(Waiting waiting) throws InterruptedException {
        Waker waker = new Waker(Thread.currentThread());
        calls.delayed(waker);
        onWait.accept(waker);
        boolean woken = false;
        try {
            waiting.run();
        } catch (InterruptedException interrupted) {
            woken = waker.stop();
            if (!woken) {
                throw interrupted;
            }
        } finally {
            calls.resumed(waker);
            if (!woken) {
                waker.stop();
            }
        }
    }

    private interface Waiting {
        void run() throws InterruptedException;
    }

    private enum State {
        SET,
        RINGING,
        RUNG,
        STOPPED
    }

    /** Interrupts a wait. The end of the wait waits for an interrupt that is due, and takes it back. */
    private static final class Waker implements Runnable {

        private final Thread thread;
        private final AtomicReference<State> state = new AtomicReference<>(State.SET);

        Waker(Thread thread) {
            this.thread = thread;
        }

        @Override
        public void run() {
            // A thread that is interrupted already wakes by that.
            if (!thread.isInterrupted() && state.compareAndSet(State.SET, State.RINGING)) {
                thread.interrupt();
                state.set(State.RUNG);
            }
        }

        /** Returns whether the wait was interrupted by this, and clears the flag then. */
        boolean stop() {
            while (!state.compareAndSet(State.SET, State.STOPPED)) {
                if (state.get() == State.STOPPED) {
                    return false;
                }
                if (state.compareAndSet(State.RUNG, State.STOPPED)) {
                    Thread.interrupted();
                    return true;
                }
                Thread.onSpinWait();
            }
            return false;
        }
    }
}
