package dev.respite.admission;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts an asynchronous request out once it is complete. A timeout and an error end by a completion too. */
final class InProgressListener implements AsyncListener {

    private final AtomicInteger inProgress;
    private final AtomicBoolean isEnded = new AtomicBoolean();

    InProgressListener(AtomicInteger inProgress) {
        this.inProgress = inProgress;
    }

    void end() {
        if (isEnded.compareAndSet(false, true)) {
            inProgress.decrementAndGet();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        end();
    }

    /** A handler that runs after a dispatch may start again, which removes all listeners. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}
}
