package dev.respite.torture;

import dev.respite.torture.durable.DurableConfig;
import dev.respite.torture.durable.DurableRun;
import dev.respite.torture.fault.Step;
import dev.respite.torture.sabotage.DurableSabotage;
import dev.respite.torture.sabotage.Sabotage;
import dev.respite.torture.store.StoreKind;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command line program {@code torture}. */
@Command(
        name = "torture",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        header =
                "Moves money under idempotency keys, or by durable calls, while processes are killed, paused and cut off; then"
                        + " checks the ledger.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:no duplicate, no loss, every replay identical, every durable call ended",
            " 1:at least one fault was found",
            "64:wrong usage"
        })
public final class Torture implements Callable<Integer> {

    private static final int NOT_CLEAN = 1;
    private static final int USAGE = 64;
    private static final int MAX_SECONDS = 86_400;

    private final PrintStream out;
    private final PrintStream err;

    /** What is tested. */
    private enum Subject {
        IDEMPOTENCY,
        DURABLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The end of a run. */
    private record Ending(String report, boolean isClean, List<Step> stepsWithoutKill) {}

    @Option(
            names = "--mode",
            defaultValue = "idempotency",
            paramLabel = "MODE",
            converter = SubjectName.class,
            description =
                    "idempotency (transfers under idempotency keys) or durable (durable calls). Default ${DEFAULT-VALUE}.")
    private Subject subject = Subject.IDEMPOTENCY;

    @Option(
            names = "--store",
            required = true,
            paramLabel = "STORE",
            converter = StoreName.class,
            description =
                    "postgres, h2, mariadb (effect and record in one transaction) or redis (the record only; not with durable).")
    private @Nullable StoreKind store;

    @Option(
            names = "--seconds",
            defaultValue = "60",
            paramLabel = "N",
            converter = Seconds.class,
            description = "Duration of the load. Default ${DEFAULT-VALUE}; start and end are not included.")
    private Duration time = Duration.ZERO;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The seed of transfers and faults, a whole number. Default a random one.")
    private long seed = new Random().nextInt(Integer.MAX_VALUE);

    @Option(
            names = "--sabotage",
            paramLabel = "WHAT",
            description =
                    "Switch one protection off, to check that the fault is found; not with redis. One of no-fence,"
                            + " no-record-in-tx, respond-before-commit, delete-on-failure, no-entry-mark; with durable one of"
                            + " remove-before-commit, no-fence, no-sequence. Default none.")
    private Optional<String> sabotage = Optional.empty();

    @Option(
            names = "--server",
            paramLabel = "PATH",
            description =
                    "An installed server instead of the build's: the directory that contains bin/postgres, the directory"
                            + " that contains MariaDB (/usr), or the program redis-server or valkey-server. Not with h2.")
    private Optional<Path> installed = Optional.empty();

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    private Torture(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the program and exits.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        // No child process may outlive this process.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly)));
        System.exit(run(System.out, System.err, args));
    }

    static int run(PrintStream out, PrintStream err, String... args) {
        Torture torture = new Torture(out, err);
        return new CommandLine(torture)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((invalid, unused) -> torture.usageError(invalid.getMessage()))
                .execute(args);
    }

    private int usageError(@Nullable String reason) {
        err.println("torture: " + reason);
        err.println("Try 'torture --help'.");
        return USAGE;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        if (store == null) {
            throw new IllegalStateException("the required option --store is not set");
        }
        if (installed.isPresent() && (store == StoreKind.H2 || !Files.exists(installed.get()))) {
            return usageError(
                    store == StoreKind.H2
                            ? "--server cannot be used with h2, which is part of the build; remove it"
                            : "--server " + installed.get()
                                    + ": it does not exist; give the path of an installed server");
        }
        if (!store.isDatabase() && subject == Subject.DURABLE) {
            return usageError("--mode durable cannot be used with " + store
                    + ", which cannot store durable calls; use postgres, h2 or mariadb");
        }
        Enum<?>[] protections = subject == Subject.DURABLE ? DurableSabotage.values() : Sabotage.values();
        Optional<Enum<?>> switchedOff = sabotage.flatMap(name -> named(protections, name));
        if (sabotage.isPresent() && switchedOff.isEmpty()) {
            return usageError(
                    "unknown sabotage '" + sabotage.get() + "'; use one of " + names(Arrays.stream(protections)));
        }
        if (sabotage.isPresent() && !store.isDatabase()) {
            return usageError("--sabotage cannot be used with " + store
                    + ", whose record is not in the bank's transaction; use postgres, h2 or mariadb");
        }
        Path home = Files.createTempDirectory("respite-torture");
        Ending ending = subject == Subject.DURABLE
                ? durable(
                        new DurableConfig(store, time, seed, switchedOff.map(DurableSabotage.class::cast), installed),
                        home)
                : transfers(
                        new TortureConfig(store, time, seed, switchedOff.map(Sabotage.class::cast), installed), home);
        out.println(ending.report());
        out.flush();
        if (sabotage.isEmpty() && !ending.stepsWithoutKill().isEmpty()) {
            err.println(
                    "torture: the run was too short to kill a worker at " + names(ending.stepsWithoutKill().stream()));
        }
        if (ending.isClean()) {
            delete(home);
            return 0;
        }
        err.println("torture: data and logs are kept in " + home);
        return NOT_CLEAN;
    }

    private Ending transfers(TortureConfig config, Path home) throws IOException, InterruptedException, SQLException {
        err.println("torture: " + config);
        TortureRun.Result result = new TortureRun(home, err).run(config);
        return new Ending(
                json ? TortureReport.json(config, result) : TortureReport.table(result),
                result.consistency().isClean(),
                result.faults().stepsWithoutKill());
    }

    private Ending durable(DurableConfig config, Path home) throws IOException, InterruptedException, SQLException {
        err.println("torture: " + config);
        DurableRun.Result result = new DurableRun(home, err).run(config);
        return new Ending(json ? result.json() : result.table(), result.isClean(), result.stepsWithoutKill());
    }

    private static Optional<Enum<?>> named(Enum<?>[] values, String name) {
        return Arrays.stream(values)
                .filter(value -> value.toString().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    private static String names(Stream<?> all) {
        return all.map(Object::toString).collect(Collectors.joining(", "));
    }

    private static void delete(Path home) throws IOException {
        try (Stream<Path> all = Files.walk(home)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }

    /** Parses the name of a store. */
    static final class StoreName implements ITypeConverter<StoreKind> {
        @Override
        public StoreKind convert(String text) {
            if (text.equals("sqlite")) {
                throw new TypeConversionException("the store 'sqlite' is not supported; " + choice());
            }
            return Arrays.stream(StoreKind.values())
                    .filter(kind -> kind.toString().equals(text.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("unknown store '" + text + "'; " + choice()));
        }

        private static String choice() {
            return "use one of " + names(Arrays.stream(StoreKind.values()));
        }
    }

    /** Parses the name of a mode. */
    static final class SubjectName implements ITypeConverter<Subject> {
        @Override
        public Subject convert(String text) {
            return Arrays.stream(Subject.values())
                    .filter(subject -> subject.toString().equals(text.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "unknown mode '" + text + "'; use one of " + names(Arrays.stream(Subject.values()))));
        }
    }

    /** Parses a number of seconds. */
    static final class Seconds implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_SECONDS) {
                throw new TypeConversionException(
                        "'" + text + "': expected a whole number of seconds from 1 to " + MAX_SECONDS);
            }
            return Duration.ofSeconds(Integer.parseInt(text));
        }
    }
}
