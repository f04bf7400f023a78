package dev.respite.cli;

/**
 * What came of one round.
 *
 * @param reported what the clients were told
 * @param observed what was found in the bank's books
 * @param cost what it took
 */
record RunResult(Reported reported, Observed observed, Cost cost) {

    /**
     * What the clients were reported.
     *
     * @param transfers transfers wanted
     * @param succeeded transfers of which they were told that they are done
     */
    record Reported(int transfers, int succeeded) {
        int failed() {
            return transfers - succeeded;
        }
    }

    /**
     * What was found in the books.
     *
     * @param duplicated transfers that were run more than once
     * @param movedDespiteFailure transfers of which a client was told that they failed, and whose money has moved
     * @param before the money in all accounts before
     * @param after the money in all accounts after
     * @param discrepancy the money that has moved and, by what the clients were told, should not have; or the reverse
     */
    record Observed(int duplicated, int movedDespiteFailure, long before, long after, long discrepancy) {}

    /**
     * What it took.
     *
     * @param attempts attempts in all
     * @param requests requests that the server has read: an attempt that was refused is none
     * @param p50 the time within which half of the transfers ended, in nanoseconds
     * @param p99 the time within which 99 of 100 ended, in nanoseconds
     */
    record Cost(long attempts, long requests, long p50, long p99) {}

    double attemptsPerCall() {
        return (double) cost.attempts() / reported.transfers();
    }

    /** All done, none twice, and no money where it should not be. */
    boolean isClean() {
        return reported.failed() == 0
                && observed.duplicated() == 0
                && observed.discrepancy() == 0
                && observed.before() == observed.after();
    }
}
