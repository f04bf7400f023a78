package dev.respite.idempotency.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import redis.embedded.RedisServer;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.core.RedisServerBuilder;

/** A process of Redis, in a directory of its own: a killed one has its writes again after a restart. */
final class Redis implements AutoCloseable {

    static final List<String> DURABLE = List.of("appendonly yes", "appendfsync always");

    private static final int MAX_TRIES = 5;

    private final Path directory;
    private final List<String> settings;
    private final ClientResources resources = ClientResources.builder()
            .reconnectDelay(Delay.constant(Duration.ofMillis(50)))
            .build();
    private int port;
    private RedisServer server;
    private ProcessHandle process;
    private RedisClient client;
    private StatefulRedisConnection<String, String> connection;

    private Redis(List<String> settings) throws IOException {
        this.settings = settings;
        this.directory = Files.createTempDirectory("respite-redis");
        for (int tries = 1; client == null; tries++) {
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                // A cluster's nodes talk to each other on this port and 10,000.
                port = 10_000 + free.getLocalPort() % 40_000;
            }
            try {
                run();
                client = client();
                connection = client.connect();
            } catch (IOException taken) {
                if (tries == MAX_TRIES) {
                    throw taken;
                }
            }
        }
    }

    static Redis durable() {
        return with(DURABLE);
    }

    static Redis with(List<String> settings) {
        try {
            return new Redis(settings);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The build's Redis, or another one, or Valkey. */
    private static ExecutableProvider program() {
        String elsewhere = System.getProperty("respite.redis", "");
        return elsewhere.isEmpty() ? ExecutableProvider.newJarResourceProvider() : () -> new File(elsewhere);
    }

    private void run() throws IOException {
        RedisServerBuilder builder = RedisServer.newRedisServer()
                .executableProvider(program())
                .port(port)
                .setting("dir " + directory)
                .setting("save \"\"")
                .onShutdownForceStop(true);
        settings.forEach(builder::setting);
        server = builder.build();
        Set<ProcessHandle> others = ProcessHandle.current().children().collect(Collectors.toSet());
        server.start();
        process = ProcessHandle.current()
                .children()
                .filter(child -> !others.contains(child))
                .findFirst()
                .orElseThrow();
    }

    /** Another client of it: another process, as far as Redis knows. */
    RedisClient client() {
        RedisClient another = RedisClient.create(resources, uri());
        another.setOptions(ClientOptions.builder().autoReconnect(true).build());
        return another;
    }

    /** A client of a user, see {@link #setRights}. */
    RedisClient client(String user) {
        return RedisClient.create(resources, uri(user));
    }

    /** The address with a user, whose password is not checked. */
    RedisURI uri(String user) {
        RedisURI uri = uri();
        uri.setCredentialsProvider(RedisCredentialsProvider.from(() -> RedisCredentials.just(user, "x")));
        return uri;
    }

    /** Adds rules to the rights of a user, which is created if it does not exist. */
    void setRights(String user, String... rules) {
        CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
        args.add("SETUSER").add(user).add("on").add("nopass");
        Stream.of(rules).forEach(args::add);
        commands().dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), args);
    }

    RedisURI uri() {
        return RedisURI.create("127.0.0.1", port);
    }

    RedisCommands<String, String> commands() {
        return connection.sync();
    }

    /** A store with the patience of a test on a busy machine. */
    RedisIdempotencyStore store() {
        return RedisIdempotencyStore.of(client).withTimeout(Duration.ofSeconds(20));
    }

    /** Waits until the condition holds. */
    static void await(Callable<Boolean> condition) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    /** Lets time pass by its clock: it waits for a replica, and has none. */
    void letPass(Duration time) {
        commands().waitForReplication(1, time.toMillis());
    }

    /** By SIGKILL. Waits until the process has ended: before that, its port is in use and it cannot be started again. */
    void kill() {
        try {
            server.stop();
            process.onExit().join();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void restart() {
        try {
            run();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        resources.shutdown(0, 5, TimeUnit.SECONDS);
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
