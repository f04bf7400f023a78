package dev.respite.spring.boot.durable;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import dev.respite.durable.DurableTables;
import dev.respite.durable.TaskQueue;
import dev.respite.spring.boot.setup.SetupException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import javax.sql.DataSource;

/** The tables of the application, which were checked when it started, and its calls, in transactions of their own. */
record DurableStore(DataSource dataSource, DurableTables tables, TaskQueue queue) {

    /**
     * Checks the tables.
     *
     * @throws SetupException if a name is no name of a table, or the database is not supported or lacks the tables
     */
    static DurableStore of(DataSource dataSource, DurableProperties.Tables names) {
        DurableTables tables = tables(names);
        try {
            return new DurableStore(dataSource, tables, TaskQueue.of(dataSource, tables));
        } catch (IllegalArgumentException unfit) {
            throw new SetupException(
                    "Durable calls cannot be stored in the database of the application: " + unfit.getMessage(),
                    "If the tables are missing, run the SQL file, for example as a migration of the application. To do"
                            + " without durable calls, set " + DurableProperties.PREFIX + ".enabled to false.",
                    unfit);
        }
    }

    private static DurableTables tables(DurableProperties.Tables names) {
        DurableTables defaults = DurableTables.defaults();
        check("tables.tasks", names.tasks(), defaults.deadLetters());
        check("tables.dead-letters", defaults.tasks(), names.deadLetters());
        return new DurableTables(names.tasks(), names.deadLetters());
    }

    private static void check(String property, String tasks, String deadLetters) {
        try {
            new DurableTables(tasks, deadLetters);
        } catch (IllegalArgumentException invalid) {
            throw SetupException.ofProperty(DurableProperties.PREFIX + "." + property, invalid);
        }
    }

    /** Reads the counts of the calls of all tasks by their states, and the lag. */
    Map<String, Object> counts() {
        DurableStats stats = queue.stats();
        return counts(stats.due(), stats.running(), stats.scheduled(), stats.lag(), stats::deadLetters);
    }

    /** Returns the same counts of one task. */
    static Map<String, Object> counts(DurableStats.OfTask task) {
        return counts(task.due(), task.running(), task.scheduled(), task.lag(), task::deadLetters);
    }

    private static Map<String, Object> counts(
            long due, long running, long scheduled, Duration lag, ToLongFunction<DeadLetter.State> deadLetters) {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("due", due);
        counts.put("running", running);
        counts.put("scheduled", scheduled);
        counts.put("lag", lag.toString());
        for (DeadLetter.State state : DeadLetter.State.values()) {
            counts.put(state.name().toLowerCase(Locale.ROOT), deadLetters.applyAsLong(state));
        }
        return counts;
    }
}
