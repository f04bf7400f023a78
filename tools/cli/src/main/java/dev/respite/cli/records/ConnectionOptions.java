package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.UsageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import picocli.CommandLine.Option;

/** The options for connecting to a store: the user, the password and the driver. */
final class ConnectionOptions {

    /** H2's error codes for a missing database that may not be created. */
    private static final Set<Integer> H2_NOT_FOUND = Set.of(90_013, 90_146, 90_149);

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "The URL of the store: jdbc:... or redis://... One of --url, --url-env and --url-file is"
                    + " required.")
    private Optional<String> url = Optional.empty();

    @Option(
            names = "--url-env",
            paramLabel = "VARIABLE",
            description = "The environment variable that contains the URL.")
    private Optional<String> urlVariable = Optional.empty();

    @Option(names = "--url-file", paramLabel = "FILE", description = "The file whose first line is the URL.")
    private Optional<Path> urlFile = Optional.empty();

    @Option(names = "--user", paramLabel = "NAME", description = "The user to connect as.")
    private Optional<String> user = Optional.empty();

    @Option(
            names = "--password-env",
            paramLabel = "VARIABLE",
            description = "The environment variable that contains the password.")
    private Optional<String> passwordVariable = Optional.empty();

    @Option(
            names = "--driver",
            paramLabel = "JAR",
            description = "The JDBC driver of a database other than PostgreSQL. May be repeated.")
    private List<Path> drivers = List.of();

    Optional<String> user() {
        return user;
    }

    /**
     * Runs code with the URL of a store. Returns the result of that code, or the exit code of an unreachable store. From here on
     * only messages of Respite are logged.
     */
    int use(Console console, ToIntFunction<StoreUrl> use) {
        StoreUrl place = new StoreUrl(url(), passwordVariable.map(name -> environment("--password-env", name)));
        QuietLogs.showOnlyRespite(place);
        try {
            return use.applyAsInt(place);
        } catch (UnreachableException away) {
            console.printMessage(
                    "cannot reach " + place.shown() + ": " + place.hiddenIn(String.valueOf(away.getMessage())));
            return ExitCodes.CANNOT_CONNECT;
        } catch (LinkageError | ServiceConfigurationError broken) {
            if (drivers.isEmpty()) {
                throw broken;
            }
            throw new UsageException(
                    drivers.stream().map(jar -> "--driver " + jar).collect(Collectors.joining(" "))
                            + ": the driver cannot be loaded: " + place.hiddenIn(broken.toString()),
                    "Give the jar of the database's JDBC driver for this Java, "
                            + Runtime.version().feature() + ", and each jar that it needs with a further --driver.");
        }
    }

    /**
     * Returns the database of a URL, to which one connection was opened.
     *
     * @throws UsageException if no driver accepts the URL, or a database of H2 does not exist
     * @throws UnreachableException if no connection can be opened
     */
    DataSource database(StoreUrl place) {
        Properties properties = new Properties();
        user.ifPresent(name -> properties.setProperty("user", name));
        place.password().ifPresent(secret -> properties.setProperty("password", secret));
        DriverDataSource dataSource = DriverDataSource.of(place, properties, drivers);
        try (Connection connection = dataSource.getConnection()) {
            connection.getMetaData();
            return dataSource;
        } catch (SQLException failure) {
            if (place.text().startsWith("jdbc:h2:") && H2_NOT_FOUND.contains(failure.getErrorCode())) {
                throw new UsageException(
                        "--url '" + place.shown() + "': there is no such database, and none was created",
                        "Check the path. H2 expects the path of the file without its extension .mv.db.");
            }
            throw new UnreachableException(failure);
        }
    }

    private String url() {
        List<String> urls = Stream.of(
                        url.stream(),
                        urlVariable.stream().map(name -> environment("--url-env", name)),
                        urlFile.stream().map(ConnectionOptions::firstLine))
                .flatMap(given -> given)
                .toList();
        if (urls.size() != 1) {
            throw new UsageException(
                    (urls.isEmpty() ? "the URL of the store is missing" : "there is more than one URL of the store")
                            + ": give one of --url, --url-env and --url-file",
                    "For example --url jdbc:postgresql://HOST/DATABASE.");
        }
        return urls.get(0);
    }

    /** Never shows the name, which may be the secret itself. */
    private static String environment(String option, String variable) {
        return Optional.ofNullable(System.getenv(variable))
                .orElseThrow(() -> new UsageException(
                        option + ": there is no such environment variable",
                        "Give the name of a variable, and set it for this command: NAME=... respite ..."));
    }

    private static String firstLine(Path file) {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            return Optional.ofNullable(lines.readLine()).orElse("").strip();
        } catch (IOException failed) {
            throw new UsageException(
                    "--url-file " + StoreUrl.shownIfUrl(file.toString()) + ": " + TextFormat.problem(file, failed),
                    "Give a file whose first line is the URL.");
        }
    }
}
