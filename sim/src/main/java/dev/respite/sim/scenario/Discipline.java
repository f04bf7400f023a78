package dev.respite.sim.scenario;

/**
 * The order in which a server works on the requests that wait.
 *
 * @param newestFirstAbove the number of waiting requests above which the newest is the next one; below, it is the oldest
 */
public record Discipline(int newestFirstAbove) {

    /** The oldest first. */
    public static final Discipline FIFO = new Discipline(Integer.MAX_VALUE);

    /** The newest first. */
    public static final Discipline LIFO = new Discipline(0);

    /**
     * Returns the discipline of Facebook's "Fail at Scale" (ACM Queue 13 (8), 2015): the oldest first, but the newest while the
     * queue is long.
     *
     * @param threshold the number of waiting requests up to which the oldest is the next one, 1 to 1,000,000
     * @return the discipline
     * @throws InvalidScenarioException if the number is out of its range
     */
    public static Discipline adaptiveLifo(int threshold) {
        Checks.range("adaptive-lifo", threshold, 1, 1e6);
        return new Discipline(threshold);
    }

    /**
     * Returns the value of the key {@code discipline} in a file.
     *
     * @return such as {@code adaptive-lifo 50}
     */
    @Override
    public String toString() {
        return equals(FIFO) ? "fifo" : equals(LIFO) ? "lifo" : "adaptive-lifo " + newestFirstAbove;
    }
}
