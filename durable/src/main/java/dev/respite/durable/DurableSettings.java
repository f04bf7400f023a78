package dev.respite.durable;

import java.time.Duration;
import java.util.Optional;

/**
 * The settings of an instance that runs calls.
 *
 * @param threads how many attempts run at the same time
 * @param pollInterval how often the table is queried for due calls
 * @param heartbeat how often running attempts give a sign of life; after four without one they count as lost
 * @param waits how long to wait, and to retain
 */
record DurableSettings(int threads, Duration pollInterval, Duration heartbeat, Waits waits) {

    /** db-scheduler's least. */
    static final int MISSED_HEARTBEATS = 4;

    /**
     * Limits of waiting and retaining.
     *
     * @param stopWait the time that running attempts get when the instance is stopped, before they are interrupted
     * @param parkUnknownTasksAfter the time that another instance gets to run a call of an unknown task or data version
     * @param deadLetterRetention the age from which dead letters are purged; empty for never
     */
    record Waits(Duration stopWait, Duration parkUnknownTasksAfter, Optional<Duration> deadLetterRetention) {}
}
