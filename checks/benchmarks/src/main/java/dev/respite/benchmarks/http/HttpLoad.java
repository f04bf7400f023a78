package dev.respite.benchmarks.http;

/** A way to make requests: by blocking threads, or asynchronously with some of them in flight. */
enum HttpLoad {
    BLOCKING_1(true, 1),
    BLOCKING_8(true, 8),
    ASYNC_1(false, 1),
    ASYNC_8(false, 8);

    private final boolean blocking;
    private final int concurrency;

    HttpLoad(boolean blocking, int concurrency) {
        this.blocking = blocking;
        this.concurrency = concurrency;
    }

    boolean isBlocking() {
        return blocking;
    }

    int concurrency() {
        return concurrency;
    }

    String label() {
        return (blocking ? "`send`, " : "`sendAsync`, ") + concurrency;
    }
}
