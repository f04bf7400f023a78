package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.UsageException;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableTables;
import dev.respite.durable.StoreException;
import dev.respite.durable.TaskQueue;
import java.util.function.ToIntBiFunction;
import javax.sql.DataSource;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that describe the database of the calls. */
final class DurableOptions {

    private static final String POINTER = "Supported databases: --url jdbc:postgresql://HOST/DATABASE,"
            + " jdbc:h2:... and jdbc:mariadb:... (each with --driver).";

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Option(
            names = "--tasks-table",
            paramLabel = "TABLE",
            defaultValue = "respite_task",
            description = "The table of the calls, with or without a schema. Default ${DEFAULT-VALUE}.")
    private String tasks = "";

    @Option(
            names = "--dead-letters-table",
            paramLabel = "TABLE",
            defaultValue = "respite_dead_letter",
            description = "The table of the dead letters. Default ${DEFAULT-VALUE}.")
    private String deadLetters = "";

    /** Connects, and runs code with the calls. Returns the result of that code, or the exit code of an unreachable database. */
    int use(Console console, ToIntBiFunction<DeadLetters, TaskQueue> use) {
        DurableTables tables = tables();
        return connection.use(console, place -> {
            if (!place.text().startsWith("jdbc:")) {
                throw new UsageException(
                        "--url '" + place.shown() + "': expected a URL that begins with jdbc:", POINTER);
            }
            try {
                return use(place, tables, use);
            } catch (StoreException failed) {
                throw new UnreachableException(failed);
            }
        });
    }

    private int use(StoreUrl place, DurableTables tables, ToIntBiFunction<DeadLetters, TaskQueue> use) {
        DataSource dataSource = connection.database(place);
        DeadLetters letters;
        TaskQueue queue;
        try {
            letters = DeadLetters.of(dataSource, tables);
            queue = TaskQueue.of(dataSource, tables);
        } catch (IllegalArgumentException unfit) {
            throw new UsageException(place.hiddenIn(String.valueOf(unfit.getMessage())), POINTER);
        }
        return use.applyAsInt(letters, queue);
    }

    private DurableTables tables() {
        try {
            return new DurableTables(tasks, deadLetters);
        } catch (IllegalArgumentException invalid) {
            throw new UsageException(
                    String.valueOf(invalid.getMessage()),
                    "Give the names that the application uses with --tasks-table and --dead-letters-table.");
        }
    }
}
