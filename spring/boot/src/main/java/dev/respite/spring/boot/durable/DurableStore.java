package dev.respite.spring.boot.durable;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import dev.respite.durable.DurableTables;
import dev.respite.durable.TaskQueue;
import dev.respite.spring.boot.setup.SetupException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;

/**
 * The tables of the application, which were checked when it started.
 *
 * @param dataSource the database
 * @param tables the names of the tables
 * @param queue the calls, in transactions of their own
 */
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

    /** Reads the counts of the calls by their states, and the lag. */
    Map<String, Object> counts() {
        DurableStats stats = queue.stats();
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("due", stats.due());
        counts.put("running", stats.running());
        counts.put("scheduled", stats.scheduled());
        counts.put("lag", stats.lag().toString());
        for (DeadLetter.State state : DeadLetter.State.values()) {
            counts.put(state.name().toLowerCase(Locale.ROOT), stats.deadLetters(state));
        }
        return counts;
    }
}
