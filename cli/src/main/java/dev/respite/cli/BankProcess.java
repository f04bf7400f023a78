package dev.respite.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.Claims;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.IdempotentHandler;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;

/**
 * The bank's own process: a database in a file, the guard before it, and an HTTP server. It waits for the file if another
 * process has it, and lives no longer than whoever has started it.
 */
public final class BankProcess {

    static final String READY = "ready ";

    private static final int THREADS = 32;
    private static final long RETRY_MILLIS = 20;

    /** Whoever comes back for what a killed process had begun is not kept waiting: the lease is over before an attempt is. */
    private static final Duration LEASE = Duration.ofMillis(300);

    private static final Duration WAIT_AT_MOST = Duration.ofMillis(700);

    private BankProcess() {}

    /**
     * Serves.
     *
     * @param args the file
     * @throws Exception if it cannot
     */
    public static void main(String[] args) throws Exception {
        JdbcDataSource file = new JdbcDataSource();
        file.setURL("jdbc:h2:file:" + args[0] + ";WRITE_DELAY=0");
        // What can be done before the file is there is done before: classes take longer to load than a file to open.
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        Connection first = waitFor(file);
        DataSource pool = oneAtATime(file);
        Ledger ledger = Ledger.open(first, pool);
        Claims claims = Claims.in(JdbcIdempotencyStore.in(pool))
                .with(IdempotencySettings.defaults().withLease(LEASE).withWaitAtMost(WAIT_AT_MOST));
        HttpGuard<Connection> guard = HttpGuard.of(TransactionalIdempotency.of(claims));
        server.createContext(
                "/",
                IdempotentHandler.of(guard, exchange -> handle(exchange, ledger))
                        .withScope(exchange -> Optional.of(Scope.of("demo"))));
        server.start();
        System.out.println(READY + server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // It has nothing to say.
        }
        Runtime.getRuntime().halt(0);
    }

    /** Killed while several connections write, H2 may keep one half of a transaction. */
    private static DataSource oneAtATime(JdbcDataSource file) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(file);
        config.setMaximumPoolSize(1);
        return new HikariDataSource(config);
    }

    private static Connection waitFor(JdbcDataSource file) throws InterruptedException, SQLException {
        while (true) {
            try {
                return file.getConnection();
            } catch (SQLException failure) {
                if (failure.getErrorCode() != ErrorCode.DATABASE_ALREADY_OPEN_1) {
                    throw failure;
                }
                Thread.sleep(RETRY_MILLIS);
            }
        }
    }

    private static void handle(HttpExchange exchange, Ledger ledger) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String run = path.substring(1, path.indexOf('/', 1));
        String what = path.substring(1 + run.length());
        try {
            if (exchange.getRequestMethod().equals("GET")) {
                respond(exchange, ledger.books(run));
            } else if (exchange.getAttribute(IdempotentHandler.CONTEXT) instanceof Connection transaction) {
                respond(exchange, ledger.move(transaction, run, Transfer.of(what, body)));
            } else {
                respond(exchange, ledger.moveAndCommit(run, Transfer.of(what, body)));
            }
        } catch (SQLException failure) {
            throw new IOException(failure);
        }
    }

    private static void respond(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
