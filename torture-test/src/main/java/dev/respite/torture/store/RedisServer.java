package dev.respite.torture.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import redis.embedded.core.ExecutableProvider;

/** Redis with full durability. */
final class RedisServer implements StoreServer {

    private static final int MAX_TRIES = 5;

    private final Path data;
    private final Optional<Path> installed;
    private RunningServer running;

    /** A server process and its port. */
    private record RunningServer(redis.embedded.RedisServer process, int port) {}

    private RedisServer(Path data, Optional<Path> installed, RunningServer running) {
        this.data = data;
        this.installed = installed;
        this.running = running;
    }

    /** Starts the Redis of the build, or the installed program of Redis or Valkey. */
    static RedisServer start(Path home, Optional<Path> installed) throws IOException {
        Path data = Files.createDirectory(home.resolve("redis"));
        return new RedisServer(data, installed, launch(data, installed));
    }

    /** Redis cannot choose a free port, so another process may bind the port first. */
    private static RunningServer launch(Path data, Optional<Path> installed) throws IOException {
        ExecutableProvider program = installed
                .<ExecutableProvider>map(path -> path::toFile)
                .orElseGet(ExecutableProvider::newJarResourceProvider);
        for (int tries = 1; ; tries++) {
            int port = ServerStartup.freePort();
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
                return new RunningServer(process, port);
            } catch (IOException taken) {
                if (tries == MAX_TRIES) {
                    throw taken;
                }
            }
        }
    }

    @Override
    public int port() {
        return running.port();
    }

    @Override
    public String url(int port) {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    public void stop() throws IOException {
        running.process().stop();
    }

    @Override
    public void restart() throws IOException {
        running = launch(data, installed);
    }

    @Override
    public void close() throws IOException {
        running.process().stop();
    }
}
