package dev.respite.sim;

/** Counts the requests in a server: how many are there, on average over time, and how long each stays. */
final class Occupancy {

    private long inside;
    private long since;

    /** The number that is inside, summed over time. */
    private double area;

    /** The times that they stayed, of those that have left. */
    private double stays;

    /** The sum of the arrival times of the requests inside. */
    private long came;

    private long entered;

    void enter(long now) {
        tick(now);
        inside++;
        entered++;
        came += now;
    }

    void leave(long arrived, long now) {
        tick(now);
        inside--;
        came -= arrived;
        stays += now - arrived;
    }

    /** All that are inside are lost. */
    void clear(long now) {
        tick(now);
        stays += (double) inside * now - came;
        inside = 0;
        came = 0;
    }

    private void tick(long now) {
        area += (double) inside * (now - since);
        since = now;
    }

    /**
     * Checks that the requests that came and have not left are those that are present, and that each left with the time at which
     * it came.
     *
     * @param present the number of requests that wait or are worked on
     */
    void check(String service, int present) {
        // A sum of whole nanoseconds is 0 again even if it has overflowed.
        if (inside != present || (inside == 0 && came != 0)) {
            throw new IllegalStateException("the requests in '" + service + "' do not add up: " + inside
                    + " came and have not left, " + present + " are present, their times differ by " + came
                    + "ns; this is a bug in the simulator");
        }
    }

    long entered() {
        return entered;
    }

    /** The mean number inside. */
    double meanInside(long now) {
        return now == 0 ? 0 : area / now;
    }

    /** The mean time that those who have left stayed, in nanoseconds. */
    double meanStay() {
        long left = entered - inside;
        return left == 0 ? 0 : stays / left;
    }
}
