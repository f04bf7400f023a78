package dev.respite.spring.boot.durable;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties below {@code respite.durable}.
 *
 * @param enabled whether durable calls are enqueued and run in the database of the application
 * @param threads how many attempts run at the same time in this instance
 * @param pollInterval how often the table is queried for calls that are due
 * @param heartbeat how often an attempt gives a sign of life; after four intervals without one it counts as lost
 * @param stopWait how long a stop waits for attempts that run, before it interrupts them and waits as long again
 * @param parkUnknownTasksAfter how long a due call of a task that no instance knows waits before it is parked
 * @param deadLetterRetention the age from which dead letters are purged; without it they are retained
 * @param tables the names of the tables
 */
@ConfigurationProperties(value = DurableProperties.PREFIX, ignoreUnknownFields = false)
record DurableProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("7") int threads,
        @DefaultValue("1s") Duration pollInterval,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("20s") Duration stopWait,
        @DefaultValue("7d") Duration parkUnknownTasksAfter,
        @Nullable Duration deadLetterRetention,
        @DefaultValue Tables tables) {

    static final String PREFIX = "respite.durable";

    /**
     * The names of the tables, for several applications in one database.
     *
     * @param tasks the table of the calls that have not ended, with or without a schema
     * @param deadLetters the table of those that were given up, with or without a schema
     */
    record Tables(
            @DefaultValue("respite_task") String tasks,
            @DefaultValue("respite_dead_letter") String deadLetters) {}
}
