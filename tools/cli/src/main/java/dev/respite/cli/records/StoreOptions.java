package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.UsageException;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.redis.RedisIdempotencyStore;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.StoreUnavailableException;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.ToIntFunction;
import javax.sql.DataSource;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that describe the store of the records. */
final class StoreOptions {

    private static final String POINTER = "Supported stores: --url jdbc:postgresql://HOST/DATABASE,"
            + " jdbc:h2:... and jdbc:mariadb:... (each with --driver), redis://HOST:PORT.";

    private static final Duration SHUTDOWN = Duration.ofSeconds(2);

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--cluster", description = "The URL is that of one node of a Redis Cluster.")
    private boolean cluster;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            description = "The prefix of keys in Redis, if the application sets one (withPrefix).")
    private Optional<String> prefix = Optional.empty();

    /**
     * Opens the store, runs the given code with it and closes it. Returns the result of that code, or the exit code of an
     * unreachable store.
     */
    int use(Console console, ToIntFunction<IdempotencyStore> use) {
        return connection.use(console, place -> {
            try {
                return opened(place, use);
            } catch (StoreUnavailableException away) {
                throw new UnreachableException(away);
            }
        });
    }

    private int opened(StoreUrl place, ToIntFunction<IdempotencyStore> use) {
        if (place.text().startsWith("jdbc:")) {
            return use.applyAsInt(database(place));
        }
        if (place.text().startsWith("redis")) {
            return redis(place, use);
        }
        throw new UsageException(
                "--url '" + place.shown() + "': expected a URL that begins with jdbc: or redis:", POINTER);
    }

    /** Opens a connection first: the store itself only logs a warning if the database is unreachable. */
    private IdempotencyStore database(StoreUrl place) {
        DataSource dataSource = connection.database(place);
        try {
            return JdbcIdempotencyStore.of(dataSource);
        } catch (IllegalArgumentException unfit) {
            throw new UsageException(place.hiddenIn(String.valueOf(unfit.getMessage())), POINTER);
        }
    }

    private int redis(StoreUrl place, ToIntFunction<IdempotencyStore> use) {
        requirePrefixWithoutBraces();
        RedisURI uri = redisUri(place);
        AbstractRedisClient client = cluster ? RedisClusterClient.create(uri) : RedisClient.create(uri);
        try (RedisIdempotencyStore store = client instanceof RedisClusterClient many
                ? RedisIdempotencyStore.of(many)
                : RedisIdempotencyStore.of((RedisClient) client)) {
            // Longer than the default, since no request waits for this command.
            return use.applyAsInt(prefixed(store.withTimeout(Duration.ofSeconds(10))));
        } catch (IllegalStateException unfit) {
            throw new UsageException(place.hiddenIn(String.valueOf(unfit.getMessage())), POINTER);
        } finally {
            client.shutdown(Duration.ZERO, SHUTDOWN);
        }
    }

    /** The rule of {@link RedisIdempotencyStore#withPrefix}, checked before a connection is opened. */
    private void requirePrefixWithoutBraces() {
        if (prefix.orElse("").matches("(?s).*[{}].*")) {
            throw badPrefix("braces are not allowed; in a cluster they decide the node of a key");
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
                "--prefix '" + prefix.orElse("") + "': " + rule,
                "Give the prefix that the application sets with withPrefix.");
    }

    /**
     * Never shows the message of the parser, which quotes the URL or a part of it. A text that the parser treats as the host
     * may be a password.
     */
    private RedisURI redisUri(StoreUrl place) {
        try {
            if (!place.showsPlace() && !place.text().contains("socket:")) {
                throw new IllegalArgumentException("no host");
            }
            RedisURI.Builder builder = RedisURI.builder(RedisURI.create(place.text()));
            place.password()
                    .ifPresent(secret ->
                            builder.withAuthentication(connection.user().orElse("default"), secret.toCharArray()));
            return builder.build();
        } catch (IllegalArgumentException malformed) {
            throw new UsageException(
                    "--url '" + place.shown() + "': it is not a well-formed URL of Redis, redis://HOST:PORT",
                    "Give a password with special characters with --password-env, or percent-encode it in the"
                            + " URL.");
        }
    }
}
