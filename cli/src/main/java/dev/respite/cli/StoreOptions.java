package dev.respite.cli;

import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.StoreUnavailableException;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.redis.RedisIdempotencyStore;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Where the records are, as the command line describes it. */
final class StoreOptions {

    private static final String POINTER = "Where records can be: --url jdbc:postgresql://HOST/DATABASE, jdbc:h2:...,"
            + " jdbc:mariadb:... (with --driver), redis://HOST:PORT.";

    /** H2's error codes of a database that is not there and may not be created. */
    private static final Set<Integer> H2_NOT_FOUND = Set.of(90_013, 90_146, 90_149);

    private static final Duration SHUTDOWN = Duration.ofSeconds(2);

    @Option(
            names = "--url",
            paramLabel = "URL",
            required = true,
            description = "Where the records are: jdbc:... or redis://...")
    private String url = "";

    @Option(names = "--user", paramLabel = "NAME", description = "The user to connect as.")
    private Optional<String> user = Optional.empty();

    @Option(
            names = "--password-env",
            paramLabel = "VARIABLE",
            description = "The environment variable that has the password.")
    private Optional<String> passwordVariable = Optional.empty();

    @Option(
            names = "--driver",
            paramLabel = "JAR",
            description = "The JDBC driver of a database other than PostgreSQL and H2. May be repeated.")
    private List<Path> drivers = List.of();

    @Option(names = "--cluster", description = "The URL is that of one node of a Redis Cluster.")
    private boolean cluster;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            description = "What names in Redis begin with, if the application has set it (withPrefix).")
    private Optional<String> prefix = Optional.empty();

    /** Opens the store, uses it and closes it. Returns what the use of it returns, or the exit code of a store that is away. */
    int use(Console console, ToIntFunction<IdempotencyStore> use) {
        StoreUrl place = new StoreUrl(url, password());
        QuietLogs.letOnlyOursThrough(place);
        try {
            if (url.startsWith("jdbc:")) {
                return use.applyAsInt(database(place));
            }
            if (url.startsWith("redis")) {
                return redis(place, use);
            }
            throw new UsageException("--url '" + place.shown() + "': it begins with jdbc: or redis:", POINTER);
        } catch (StoreUnavailableException away) {
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

    private IdempotencyStore database(StoreUrl place) {
        Properties properties = new Properties();
        user.ifPresent(name -> properties.setProperty("user", name));
        place.password().ifPresent(secret -> properties.setProperty("password", secret));
        DriverDataSource dataSource = DriverDataSource.of(place, properties, drivers);
        // Connects first: the store itself only warns where a database cannot be reached.
        try (Connection connection = dataSource.getConnection()) {
            connection.getMetaData();
        } catch (SQLException failure) {
            if (url.startsWith("jdbc:h2:") && H2_NOT_FOUND.contains(failure.getErrorCode())) {
                throw new UsageException(
                        "--url '" + place.shown() + "': there is no such database, and none was created",
                        "Check the path. H2 takes that of the file without its ending, .mv.db.");
            }
            throw new StoreUnavailableException(String.valueOf(failure.getMessage()), failure);
        }
        try {
            return JdbcIdempotencyStore.in(dataSource);
        } catch (IllegalArgumentException unfit) {
            throw new UsageException(place.hiddenIn(String.valueOf(unfit.getMessage())), POINTER);
        }
    }

    private int redis(StoreUrl place, ToIntFunction<IdempotencyStore> use) {
        requirePrefixWithoutBraces();
        RedisURI uri = redisUri(place);
        AbstractRedisClient client = cluster ? RedisClusterClient.create(uri) : RedisClient.create(uri);
        try (RedisIdempotencyStore store = client instanceof RedisClusterClient many
                ? RedisIdempotencyStore.in(many)
                : RedisIdempotencyStore.in((RedisClient) client)) {
            // No request waits for it.
            return use.applyAsInt(prefixed(store.withTimeout(Duration.ofSeconds(10))));
        } catch (IllegalStateException unfit) {
            throw new UsageException(place.hiddenIn(String.valueOf(unfit.getMessage())), POINTER);
        } finally {
            client.shutdown(Duration.ZERO, SHUTDOWN);
        }
    }

    /** The rule of {@link RedisIdempotencyStore#withPrefix}, checked before anything is connected. */
    private void requirePrefixWithoutBraces() {
        if (prefix.orElse("").matches("(?s).*[{}].*")) {
            throw badPrefix("it has no braces; in a cluster they decide where a key is");
        }
    }

    private RedisIdempotencyStore prefixed(RedisIdempotencyStore store) {
        try {
            return prefix.map(store::withPrefix).orElse(store);
        } catch (IllegalArgumentException refused) {
            throw badPrefix(String.valueOf(refused.getMessage()));
        }
    }

    private UsageException badPrefix(String rule) {
        return new UsageException(
                "--prefix '" + prefix.orElse("") + "': " + rule, "Give what the application has set with withPrefix.");
    }

    /** The parser's message is never shown: it quotes the URL, or a piece of it. What it takes for a host may be a password. */
    private RedisURI redisUri(StoreUrl place) {
        try {
            if (!place.showsPlace() && !url.contains("socket:")) {
                throw new IllegalArgumentException("no host");
            }
            RedisURI.Builder builder = RedisURI.builder(RedisURI.create(url));
            place.password()
                    .ifPresent(secret -> builder.withAuthentication(user.orElse("default"), secret.toCharArray()));
            return builder.build();
        } catch (IllegalArgumentException malformed) {
            throw new UsageException(
                    "--url '" + place.shown() + "': it is not a well-formed URL of Redis, redis://HOST:PORT",
                    "A password with special characters is easier to give with --password-env; in a URL they are"
                            + " percent-encoded.");
        }
    }

    private Optional<String> password() {
        return passwordVariable.map(variable -> Optional.ofNullable(System.getenv(variable))
                .orElseThrow(() -> new UsageException(
                        "--password-env " + variable + ": there is no such environment variable",
                        "Set it for this command: " + variable + "=... respite keys ...")));
    }
}
