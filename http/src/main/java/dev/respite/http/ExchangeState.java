package dev.respite.http;

import org.jspecify.annotations.Nullable;

/** How far one attempt has got, beyond what its outcome says. */
final class ExchangeState {

    private volatile boolean responded;
    private volatile boolean delivered;
    private volatile @Nullable Throwable readerFailure;

    /** The headers of a response have arrived. */
    void responseBegins() {
        responded = true;
    }

    /** A subscriber of the caller, which cannot begin anew, has received a part of the body. */
    void delivered() {
        delivered = true;
    }

    /** A handler or subscriber of the caller has failed by itself. */
    void readerFailed(Throwable failure) {
        readerFailure = failure;
    }

    boolean hasResponded() {
        return responded;
    }

    boolean hasDelivered() {
        return delivered;
    }

    /** How the caller's handler or subscriber has failed by itself; null if it has not. */
    @Nullable
    Throwable readerFailure() {
        return readerFailure;
    }
}
