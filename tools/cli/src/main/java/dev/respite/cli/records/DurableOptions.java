package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.UsageException;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableTables;
import dev.respite.durable.PendingCalls;
import dev.respite.durable.StoreException;
import dev.respite.durable.TaskQueue;
import java.util.function.BiFunction;
import java.util.function.Supplier;
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

    /** Connects, and runs code with the dead letters. Returns the result of that code, or the exit code of an unreachable database. */
    int use(Console console, ToIntBiFunction<DeadLetters, TaskQueue> use) {
        return use(console, DeadLetters::of, use);
    }

    /** Connects, and runs code with the calls that have not ended. Returns what {@link #use} does. */
    int useCalls(Console console, ToIntBiFunction<PendingCalls, TaskQueue> use) {
        return use(console, PendingCalls::of, use);
    }

    private <T> int use(
            Console console, BiFunction<DataSource, DurableTables, T> open, ToIntBiFunction<T, TaskQueue> use) {
        DurableTables tables = tables();
        return connection.use(console, place -> {
            if (!place.text().startsWith("jdbc:")) {
                throw new UsageException(
                        "--url '" + place.shown() + "': expected a URL that begins with jdbc:", POINTER);
            }
            try {
                DataSource dataSource = connection.database(place);
                T opened = checked(place, () -> open.apply(dataSource, tables));
                TaskQueue queue = checked(place, () -> TaskQueue.of(dataSource, tables));
                return use.applyAsInt(opened, queue);
            } catch (StoreException failed) {
                throw new UnreachableException(failed);
            }
        });
    }

    private static <T> T checked(StoreUrl place, Supplier<T> opening) {
        try {
            return opening.get();
        } catch (IllegalArgumentException unfit) {
            throw new UsageException(place.hiddenIn(String.valueOf(unfit.getMessage())), POINTER);
        }
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
