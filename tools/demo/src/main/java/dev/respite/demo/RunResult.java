package dev.respite.demo;

/** The result of one run: the results that the clients saw, the state that the ledger shows, and the cost. */
record RunResult(Reported reported, Observed observed, Cost cost) {

    /** The number of transfers, and of those that the clients saw succeed. */
    record Reported(int transfers, int succeeded) {
        int failed() {
            return transfers - succeeded;
        }
    }

    /**
     * The state that the ledger shows.
     *
     * @param duplicated the transfers that were executed more than once
     * @param movedDespiteFailure the transfers whose money moved although the client saw a failure
     * @param before the sum of all balances before the run
     * @param after the sum of all balances after the run
     * @param discrepancy the sum of money whose movements differ from what the clients saw
     */
    record Observed(int duplicated, int movedDespiteFailure, long before, long after, long discrepancy) {}

    /**
     * The cost of the run.
     *
     * @param attempts the number of attempts
     * @param requests the number of requests that the server read; a refused attempt is not a request
     * @param p50 the median time of a transfer, in nanoseconds
     * @param p99 the 99th percentile of these times, in nanoseconds
     */
    record Cost(long attempts, long requests, long p50, long p99) {}

    double attemptsPerCall() {
        return (double) cost.attempts() / reported.transfers();
    }

    /** Returns whether every transfer was executed exactly once, and the ledger agrees with what the clients saw. */
    boolean isClean() {
        return reported.failed() == 0
                && observed.duplicated() == 0
                && observed.discrepancy() == 0
                && observed.before() == observed.after();
    }
}
