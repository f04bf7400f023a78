package dev.respite.demo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.IdempotencyEngine;
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
 * A process of the bank: a database in a file, the idempotency guard, and an HTTP server. It waits while another process has
 * the file open. It ends with its parent process.
 */
public final class BankProcess {

    /** The line of a standby that has loaded its classes and waits for the file. */
    static final String WAITING = "waiting";

    static final String READY = "ready ";

    private static final int THREADS = 32;
    private static final long RETRY_MILLIS = 20;

    /** Shorter than an attempt timeout, so that a repeated request does not wait for the lease of a killed process. */
    private static final Duration LEASE = Duration.ofMillis(300);

    private static final Duration MAX_WAIT = Duration.ofMillis(700);

    private BankProcess() {}

    /**
     * Runs the process.
     *
     * @param args the path of the database file
     * @throws Exception if the server cannot be started
     */
    public static void main(String[] args) throws Exception {
        JdbcDataSource file = new JdbcDataSource();
        file.setURL("jdbc:h2:file:" + args[0] + ";WRITE_DELAY=0");
        // Prepares everything else before it waits for the file: classes take longer to load than a file takes to open.
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        Connection first = waitFor(file);
        DataSource pool = singleConnectionPool(file);
        Ledger ledger = Ledger.open(first, pool);
        IdempotencyEngine engine = IdempotencyEngine.of(JdbcIdempotencyStore.of(pool))
                .withSettings(IdempotencySettings.defaults().withLease(LEASE).withMaxWait(MAX_WAIT));
        HttpGuard<Connection> guard = HttpGuard.of(TransactionalIdempotency.of(engine));
        server.createContext(
                "/",
                IdempotentHandler.of(guard, exchange -> handle(exchange, ledger))
                        .withSharedScope(exchange -> Optional.of(Scope.of("demo"))));
        server.start();
        System.out.println(READY + server.getAddress().getPort());
        while (System.in.read() >= 0) {
            // The parent process sends no data; the end of the stream means that it has ended.
        }
        Runtime.getRuntime().halt(0);
    }

    /** One connection: after a kill while several connections write, H2 may keep one half of a transaction. */
    private static DataSource singleConnectionPool(JdbcDataSource file) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(file);
        config.setMaximumPoolSize(1);
        return new HikariDataSource(config);
    }

    private static Connection waitFor(JdbcDataSource file) throws InterruptedException, SQLException {
        boolean announced = false;
        while (true) {
            try {
                return file.getConnection();
            } catch (SQLException failure) {
                if (failure.getErrorCode() != ErrorCode.DATABASE_ALREADY_OPEN_1) {
                    throw failure;
                }
                if (!announced) {
                    announced = true;
                    System.out.println(WAITING);
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
