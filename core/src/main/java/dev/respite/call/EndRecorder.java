package dev.respite.call;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.History;
import org.jspecify.annotations.Nullable;

/** Listens to one call and keeps its history. The call ends on one thread, and its caller may be another one. */
final class EndRecorder implements RetryListener {

    private volatile @Nullable History history;

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.CallEnded ended) {
            history = ended.history();
        }
    }

    /** The history of the call; null if it has not ended. */
    @Nullable
    History history() {
        return history;
    }
}
