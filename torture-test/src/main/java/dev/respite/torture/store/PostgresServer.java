package dev.respite.torture.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The build's PostgreSQL with full durability. */
final class PostgresServer implements DatabaseServer {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final Path data;
    private EmbeddedPostgres running;

    private PostgresServer(Path data, EmbeddedPostgres running) {
        this.data = data;
        this.running = running;
    }

    static PostgresServer start(Path home) throws IOException {
        Path data = home.resolve("postgres");
        return new PostgresServer(data, launch(data));
    }

    private static EmbeddedPostgres launch(Path data) throws IOException {
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                // The defaults of the embedded server favour speed and lose acknowledged commits.
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "100")
                // Limits how long a client without a connection, or a paused one, holds locks.
                .setServerConfig("idle_in_transaction_session_timeout", "10s")
                .setServerConfig("lock_timeout", "1s")
                .setServerConfig("deadlock_timeout", "100ms")
                .setPGStartupWait(TIMEOUT)
                .start();
    }

    /** The driver treats a response as lost after 2 s. */
    @Override
    public String url(int port) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&socketTimeout=2&connectTimeout=2";
    }

    @Override
    public String dialect() {
        return "postgresql";
    }

    @Override
    public int port() {
        return running.getPort();
    }

    /** Kills the postmaster first, so that it cannot clean up, then its child processes. */
    @Override
    public void stop() throws IOException, InterruptedException {
        String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip();
        ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        InstalledPostgres.killAll(postmaster);
    }

    @Override
    public void restart() throws IOException {
        running.close();
        running = launch(data);
    }

    @Override
    public void close() throws IOException {
        running.close();
    }
}
