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
import java.util.function.ToIntFunction;
import picocli.CommandLine.Option;

/** Where the records are, as the command line describes it. */
final class StoreOptions {

    private static final String POINTER = "Where records can be: --url jdbc:postgresql://HOST/DATABASE, jdbc:h2:...,"
            + " jdbc:mariadb:... (with --driver), redis://HOST:PORT.";

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
    int use(Streams streams, ToIntFunction<IdempotencyStore> use) {
        try {
            if (url.startsWith("jdbc:")) {
                return use.applyAsInt(database());
            }
            if (url.startsWith("redis")) {
                return redis(use);
            }
            throw new RefusedException(
                    "--url '" + DriverDataSource.withoutSecrets(url) + "': it begins with jdbc: or redis:", POINTER);
        } catch (StoreUnavailableException away) {
            streams.say("cannot reach " + DriverDataSource.withoutSecrets(url) + ": " + away.getMessage());
            return ExitCodes.CANNOT_CONNECT;
        }
    }

    private IdempotencyStore database() {
        Properties properties = new Properties();
        user.ifPresent(name -> properties.setProperty("user", name));
        password().ifPresent(secret -> properties.setProperty("password", secret));
        DriverDataSource dataSource = DriverDataSource.of(url, properties, drivers);
        // Asked first: to the store a database that is away is no more than a warning.
        try (Connection connection = dataSource.getConnection()) {
            connection.getMetaData();
        } catch (SQLException failure) {
            throw new StoreUnavailableException(String.valueOf(failure.getMessage()), failure);
        }
        try {
            return JdbcIdempotencyStore.in(dataSource);
        } catch (IllegalArgumentException unfit) {
            throw new RefusedException(String.valueOf(unfit.getMessage()), POINTER);
        }
    }

    private int redis(ToIntFunction<IdempotencyStore> use) {
        RedisURI uri = redisUri();
        AbstractRedisClient client = cluster ? RedisClusterClient.create(uri) : RedisClient.create(uri);
        try (RedisIdempotencyStore store = client instanceof RedisClusterClient many
                ? RedisIdempotencyStore.in(many)
                : RedisIdempotencyStore.in((RedisClient) client)) {
            // Nobody's request waits for it.
            RedisIdempotencyStore patient = store.withTimeout(Duration.ofSeconds(10));
            return use.applyAsInt(prefix.map(patient::withPrefix).orElse(patient));
        } catch (IllegalStateException unfit) {
            throw new RefusedException(String.valueOf(unfit.getMessage()), POINTER);
        } finally {
            client.shutdown(Duration.ZERO, SHUTDOWN);
        }
    }

    private RedisURI redisUri() {
        try {
            RedisURI.Builder builder = RedisURI.builder(RedisURI.create(url));
            password().ifPresent(secret -> builder.withAuthentication(user.orElse("default"), secret.toCharArray()));
            return builder.build();
        } catch (IllegalArgumentException malformed) {
            throw new RefusedException(
                    "--url '" + DriverDataSource.withoutSecrets(url) + "': " + malformed.getMessage(), POINTER);
        }
    }

    private Optional<String> password() {
        return passwordVariable.map(variable -> Optional.ofNullable(System.getenv(variable))
                .orElseThrow(() -> new RefusedException(
                        "--password-env " + variable + ": there is no such environment variable",
                        "Set it for this command: " + variable + "=... respite keys ...")));
    }
}
