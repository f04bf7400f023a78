package dev.respite.durable;

import java.util.regex.Pattern;

/**
 * The names of the tables, for databases with other names than the SQL file, or with another schema.
 *
 * @param tasks the table of the calls that have not ended; the table of marks has this name and the suffix {@code _effect}
 * @param deadLetters the table of those that were given up
 */
public record DurableTables(String tasks, String deadLetters) {

    private static final Pattern NAME = Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,62}\\.)?[A-Za-z_][A-Za-z0-9_]{0,55}");

    private static final DurableTables DEFAULT = new DurableTables("respite_task", "respite_dead_letter");

    /**
     * Checks the names.
     *
     * @throws IllegalArgumentException if a name is not a plain SQL name, with or without a schema
     */
    public DurableTables {
        for (String name : new String[] {tasks, deadLetters}) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("table name '" + name
                        + "': use up to 56 letters, digits and underscores, and a schema before it if needed, such as"
                        + " jobs.respite_task");
            }
        }
    }

    String effects() {
        return tasks + "_effect";
    }

    /** {@return the names of the SQL file: {@code respite_task} and {@code respite_dead_letter}} */
    public static DurableTables defaults() {
        return DEFAULT;
    }

    /**
     * {@return the names of the SQL file in another schema than that which connections see first}
     *
     * @param schema the schema
     * @throws IllegalArgumentException if it is not a plain SQL name
     */
    public static DurableTables inSchema(String schema) {
        return new DurableTables(schema + "." + DEFAULT.tasks, schema + "." + DEFAULT.deadLetters);
    }
}
