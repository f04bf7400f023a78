package dev.respite.durable;

import dev.respite.time.TimeSource;
import java.time.Duration;

/**
 * How calls are run.
 *
 * @param time the clock and the random draws
 * @param threads how many attempts run at the same time
 * @param pollInterval how often the table is queried for due calls
 * @param heartbeat how often running attempts give a sign of life; after four without one they count as lost
 * @param limits how long to wait
 */
record DurableSettings(TimeSource time, int threads, Duration pollInterval, Duration heartbeat, Limits limits) {

    /** db-scheduler's least. */
    static final int MISSED_HEARTBEATS = 4;

    /**
     * How long to wait.
     *
     * @param stopWait for running attempts when the instance is stopped, before they are interrupted
     * @param parkUnknownTasksAfter for another instance that knows a task, or the version of its data
     */
    record Limits(Duration stopWait, Duration parkUnknownTasksAfter) {}
}
