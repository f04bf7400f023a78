package dev.respite.okhttp;

import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.EventListener;

/** Observes what of an attempt is sent. */
final class Watch extends EventListener {

    private final AtomicInteger requests = new AtomicInteger();
    private final Runnable onCancel;
    private volatile boolean bodyBegun;

    /**
     * Creates one.
     *
     * @param onCancel runs when the call is cancelled
     */
    Watch(Runnable onCancel) {
        this.onCancel = onCancel;
    }

    /** Begins another attempt. */
    void begin() {
        requests.set(0);
        bodyBegun = false;
    }

    /** Returns whether a request of the attempt may have been sent. */
    boolean mayHaveBeenSent() {
        return requests.get() > 0;
    }

    /** Returns whether the attempt was more than one request: a redirect was followed, or credentials were added. */
    boolean hasFollowedUp() {
        return requests.get() > 1;
    }

    boolean hasBodyBegun() {
        return bodyBegun;
    }

    @Override
    public void requestHeadersStart(Call call) {
        requests.incrementAndGet();
    }

    @Override
    public void requestBodyStart(Call call) {
        bodyBegun = true;
    }

    @Override
    public void canceled(Call call) {
        onCancel.run();
    }
}
