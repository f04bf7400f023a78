package dev.respite.torture;

import dev.respite.torture.cluster.StoreKind;
import dev.respite.torture.durable.DurableSabotage;
import dev.respite.torture.durable.DurableWorkload;
import dev.respite.torture.run.TortureConfig;
import dev.respite.torture.run.TortureRun;
import dev.respite.torture.run.Workload;
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
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The modes of a run. */
    private enum Subject {
        IDEMPOTENCY,
        DURABLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--mode",
            defaultValue = "idempotency",
            paramLabel = "MODE",
            description =
                    "idempotency (transfers under idempotency keys) or durable (durable calls). Default ${DEFAULT-VALUE}.")
    private Subject subject = Subject.IDEMPOTENCY;

    @Option(
            names = "--store",
            required = true,
            paramLabel = "STORE",
            description =
                    "postgres, h2, mariadb (effect and record in one transaction) or redis (the record only; not with durable).")
    private StoreKind store = StoreKind.H2;

    @Option(
            names = "--seconds",
            defaultValue = "60",
            paramLabel = "N",
            description =
                    "Duration of the load, 1 to 86,400. Default ${DEFAULT-VALUE}; start and end are not included.")
    private int seconds;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The seed of transfers and faults, a whole number. Default a random one.")
    private long seed = new Random().nextInt(Integer.MAX_VALUE);

    @Option(
            names = "--sabotage",
            paramLabel = "PROTECTION",
            description =
                    "Switch one protection off, to check that the fault is found; not with redis. One of no-fence,"
                            + " no-record-in-tx, respond-before-commit, delete-on-failure, no-entry-mark; with durable one of"
                            + " remove-before-commit, no-fence, no-savepoint, waiting-recovery, no-sequence. Default none.")
    private Optional<String> sabotage = Optional.empty();

    @Option(
            names = "--server",
            paramLabel = "PATH",
            description =
                    "An installed server instead of the build's: the directory that contains bin/postgres, the directory"
                            + " that contains MariaDB (/usr), or the program redis-server or valkey-server. Not with h2.")
    private Optional<Path> installed = Optional.empty();

    @Option(
            names = "--auto-commit",
            paramLabel = "SETTING",
            description =
                    "Auto-commit of the workers' pools, on or off. Default off for some, by the seed; on with a sabotage.")
    private Optional<AutoCommit> autoCommit = Optional.empty();

    /** The setting of pools. */
    private enum AutoCommit {
        ON,
        OFF
    }

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
        return new CommandLine(new Torture(out, err))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((invalid, unused) -> {
                    err.println("torture: " + invalid.getMessage());
                    err.println("Try 'torture --help'.");
                    return USAGE;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        checkUsage();
        TortureConfig config = new TortureConfig(
                store,
                Duration.ofSeconds(seconds),
                seed,
                installed,
                autoCommit.or(() -> sabotage.map(protection -> AutoCommit.ON)).map(AutoCommit.ON::equals));
        Workload workload = subject == Subject.DURABLE
                ? new DurableWorkload(config, protection(DurableSabotage.values()), err)
                : new TransferWorkload(config, protection(Sabotage.values()), err);
        err.println("torture: " + (subject == Subject.DURABLE ? "durable calls on " : "") + store
                + sabotage.map(name -> " with " + name).orElse("") + " for " + seconds + " s, seed " + seed
                + ", auto-commit "
                + config.autoCommit().map(on -> on ? "on" : "off").orElse("on and off"));
        Path home = Files.createTempDirectory("respite-torture");
        TortureRun.Result result = new TortureRun(home, err).run(config, workload);
        out.println(json ? result.json(sabotage) : result.table());
        out.flush();
        if (sabotage.isEmpty() && !result.stepsWithoutKill().isEmpty()) {
            err.println(
                    "torture: the run was too short to kill a worker at " + names(result.stepsWithoutKill().stream()));
        }
        if (result.findings().isClean()) {
            delete(home);
            return 0;
        }
        err.println("torture: data and logs are kept in " + home);
        return NOT_CLEAN;
    }

    private void checkUsage() {
        if (seconds < 1 || seconds > MAX_SECONDS) {
            throw usageError("--seconds " + seconds + ": expected a whole number from 1 to " + MAX_SECONDS);
        }
        if (installed.isPresent() && store == StoreKind.H2) {
            throw usageError("--server cannot be used with h2, which belongs to the build; remove it");
        }
        if (installed.isPresent() && !Files.exists(installed.get())) {
            throw usageError(
                    "--server " + installed.get() + ": it does not exist; give the path of an installed server");
        }
        if (!store.isDatabase() && subject == Subject.DURABLE) {
            throw usageError("--mode durable cannot be used with " + store
                    + ", which cannot store durable calls; use postgres, h2 or mariadb");
        }
        if (!store.isDatabase() && sabotage.isPresent()) {
            throw usageError("--sabotage cannot be used with " + store
                    + ", whose record is not in the bank's transaction; use postgres, h2 or mariadb");
        }
    }

    private <T> Optional<T> protection(T[] protections) {
        return sabotage.map(name -> Arrays.stream(protections)
                .filter(protection -> protection.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> usageError(
                        "unknown sabotage '" + name + "'; use one of " + names(Arrays.stream(protections)))));
    }

    private ParameterException usageError(String reason) {
        return new ParameterException(spec.commandLine(), reason);
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
}
