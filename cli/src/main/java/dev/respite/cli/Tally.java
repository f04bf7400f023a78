package dev.respite.cli;

/**
 * What came of one round.
 *
 * @param told what the clients were told
 * @param found what was found in the bank's books
 * @param cost what it took
 */
record Tally(Told told, Found found, Cost cost) {

    /**
     * What the clients were told.
     *
     * @param asked transfers wanted
     * @param done transfers of which they were told that they are done
     */
    record Told(int asked, int done) {
        int failed() {
            return asked - done;
        }
    }

    /**
     * What was found in the books.
     *
     * @param duplicated transfers that were run more than once
     * @param movedThoughFailed transfers of which a client was told that they failed, and whose money has moved
     * @param before the money in all accounts before
     * @param after the money in all accounts after
     * @param astray the money that has moved and, by what the clients were told, should not have; or the reverse
     */
    record Found(int duplicated, int movedThoughFailed, long before, long after, long astray) {}

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
        return (double) cost.attempts() / told.asked();
    }

    /** All done, none twice, and no money where it should not be. */
    boolean isClean() {
        return told.failed() == 0 && found.duplicated() == 0 && found.astray() == 0 && found.before() == found.after();
    }
}
