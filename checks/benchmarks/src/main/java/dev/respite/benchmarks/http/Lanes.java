package dev.respite.benchmarks.http;

/** Some requests at a time: in each lane the next one starts when the last one has ended. */
interface Lanes {

    static Lanes of(HttpLoad load, Exchange exchange) {
        return load.isBlocking()
                ? new BlockingLanes(exchange, load.concurrency())
                : new AsyncLanes(exchange, load.concurrency());
    }

    /**
     * Makes requests until a time of {@link System#nanoTime()}.
     *
     * @return how many there were
     */
    long run(long end) throws Exception;

    /** Fails unless a body has the length of every body of {@link ServerProcess}. */
    static void check(int length) {
        if (length != ServerProcess.BODY_LENGTH) {
            throw new IllegalStateException(
                    "a body has " + length + " bytes; the server sends " + ServerProcess.BODY_LENGTH);
        }
    }
}
