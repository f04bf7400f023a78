package dev.respite.spring.boot.durable;

import dev.respite.durable.DurableTables;
import dev.respite.durable.TaskQueue;
import dev.respite.spring.boot.setup.InvalidPropertyException;
import dev.respite.spring.boot.setup.SetupException;
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
     * @throws InvalidPropertyException if a name is no name of a table
     * @throws SetupException if the database is not supported or lacks the tables
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
            throw new InvalidPropertyException(DurableProperties.PREFIX + "." + property, invalid);
        }
    }
}
