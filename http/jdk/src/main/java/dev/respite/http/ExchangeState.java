package dev.respite.http;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The progress of one attempt that its outcome does not show.
 *
 * <p>The client's threads deliver a body to the caller while another thread may judge the attempt, because its time is up for
 * example. Both use one field: a part that is delivered first is never delivered again, and after the judgement nothing is
 * delivered.
 */
final class ExchangeState {

    private enum Delivery {
        NOTHING,
        BEGUN,
        SEALED
    }

    private final AtomicReference<Delivery> delivery = new AtomicReference<>(Delivery.NOTHING);
    private volatile boolean responded;
    private volatile @Nullable Throwable readerFailure;
    private volatile @Nullable DeferredBody deferred;
    private volatile boolean abandoned;

    /** The headers of a response have arrived. */
    void responseBegins() {
        responded = true;
    }

    boolean hasResponded() {
        return responded;
    }

    /** The body of the response has no reader yet. */
    void defers(DeferredBody body) {
        deferred = body;
        if (abandoned) {
            body.abandon();
        }
    }

    /** The attempt has ended without its response: a body that has no reader is given up, also one that arrives later. */
    void abandonDeferred() {
        abandoned = true;
        DeferredBody body = deferred;
        if (body != null) {
            body.abandon();
        }
    }

    /** Returns whether the attempt has ended without its response. A client that loses a cancellation may still have one. */
    boolean isAbandoned() {
        return abandoned;
    }

    /**
     * Returns whether a part of the body may be delivered to the caller's subscriber.
     *
     * @param restartable whether the subscriber begins anew, so that it may receive the part again
     */
    boolean mayDeliver(boolean restartable) {
        if (restartable) {
            return delivery.get() != Delivery.SEALED;
        }
        return delivery.compareAndSet(Delivery.NOTHING, Delivery.BEGUN) || delivery.get() == Delivery.BEGUN;
    }

    /** The attempt is judged. Returns whether something has been delivered that must not be delivered again. */
    boolean seal() {
        return !delivery.compareAndSet(Delivery.NOTHING, Delivery.SEALED) && delivery.get() == Delivery.BEGUN;
    }

    /** A handler or subscriber of the caller has failed by itself. */
    void readerFailed(Throwable failure) {
        readerFailure = failure;
    }

    /** Returns the failure of the caller's handler or subscriber itself; null if it has not failed. */
    @Nullable
    Throwable readerFailure() {
        return readerFailure;
    }
}
