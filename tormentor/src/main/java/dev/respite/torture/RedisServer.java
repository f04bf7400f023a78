package dev.respite.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import redis.embedded.core.ExecutableProvider;

/** Redis, as durable as it can be. */
final class RedisServer implements Server {

    private static final int MOST_TRIES = 5;

    private final Path data;
    private final Optional<Path> installed;
    private Life life;

    /** One process, and where it listens. */
    private record Life(redis.embedded.RedisServer process, int port) {}

    private RedisServer(Path data, Optional<Path> installed, Life life) {
        this.data = data;
        this.installed = installed;
        this.life = life;
    }

    /** The one of the build, or the program that is installed: Redis or Valkey. */
    static RedisServer start(Path home, Optional<Path> installed) throws IOException {
        Path data = Files.createDirectory(home.resolve("redis"));
        return new RedisServer(data, installed, started(data, installed));
    }

    /** It cannot choose a port by itself, so another may be faster. */
    private static Life started(Path data, Optional<Path> installed) throws IOException {
        ExecutableProvider program = installed
                .<ExecutableProvider>map(path -> path::toFile)
                .orElseGet(ExecutableProvider::newJarResourceProvider);
        for (int tries = 1; ; tries++) {
            int port = ServerStart.freePort();
            redis.embedded.RedisServer process = redis.embedded.RedisServer.newRedisServer()
                    .executableProvider(program)
                    .port(port)
                    .setting("dir " + data)
                    .setting("save \"\"")
                    .setting("appendonly yes")
                    .setting("appendfsync always")
                    .onShutdownForceStop(true)
                    .build();
            try {
                process.start();
                return new Life(process, port);
            } catch (IOException taken) {
                if (tries == MOST_TRIES) {
                    throw taken;
                }
            }
        }
    }

    @Override
    public int port() {
        return life.port();
    }

    @Override
    public String url(int port) {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void stop() throws IOException {
        life.process().stop();
    }

    @Override
    public void startAgain() throws IOException {
        life = started(data, installed);
    }

    @Override
    public void close() throws IOException {
        life.process().stop();
    }
}
