package dev.respite.sim;

/**
 * Who is in a service, and for how long: measured twice, once by the number that is there at each time and once by the
 * time that each stays. By Little's law both are the same, in every run: where they are not, the simulator is wrong.
 */
final class Occupancy {

    private static final double PRECISION = 1e-9;

    private long inside;
    private long since;

    /** The number that is inside, summed over time. */
    private double area;

    /** The times that they stayed, of those that have left. */
    private double stays;

    /** The sum of the arrival times of the requests inside. */
    private double came;

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

    /** Checks Little's law. */
    void check(String service, long now) {
        tick(now);
        double stayed = stays + ((double) inside * now - came);
        if (!(Math.abs(area - stayed) <= PRECISION * Math.max(1, area) + 1 + came * PRECISION)) {
            throw new IllegalStateException("Little's law does not hold in '" + service + "': " + area + " against "
                    + stayed + " request-nanoseconds; this is a bug in the simulator");
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
