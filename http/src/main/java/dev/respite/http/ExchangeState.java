package dev.respite.http;

/** How far one attempt has got, beyond what its outcome says. */
final class ExchangeState {

    private volatile boolean responded;
    private volatile boolean delivered;
    private volatile boolean readerFailed;

    /** The headers of a response have arrived. */
    void responseBegins() {
        responded = true;
    }

    /** A subscriber of the caller, which cannot begin anew, has received a part of the body. */
    void delivered() {
        delivered = true;
    }

    /** A handler or subscriber of the caller has failed by itself. */
    void readerFailed() {
        readerFailed = true;
    }

    boolean hasResponded() {
        return responded;
    }

    boolean hasDelivered() {
        return delivered;
    }

    boolean hasReaderFailed() {
        return readerFailed;
    }
}
