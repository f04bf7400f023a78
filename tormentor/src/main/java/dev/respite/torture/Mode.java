package dev.respite.torture;

import com.sun.net.httpserver.HttpExchange;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.respite.idempotency.Claims;
import dev.respite.idempotency.http.Demand;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.IdempotentHandler;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;

/** How effect and record are joined. */
enum Mode {
    /** Both in one transaction of one database. */
    A {
        @Override
        boolean unknownIsFinal() {
            return false;
        }

        @Override
        IdempotentHandler handler(List<String> places, Steps steps) {
            DataSource dataSource = SteppedDataSource.of(pool(places.get(0)), steps);
            JdbcIdempotencyStore store = JdbcIdempotencyStore.in(dataSource).requireDurable();
            Claims claims = Claims.in(store).with(Worker.settings());
            HttpGuard<Connection> guard = HttpGuard.of(new Stepped<>(TransactionalIdempotency.of(claims), steps))
                    .withDemand(Demand.requiredWith("POST"));
            return IdempotentHandler.of(guard, exchange -> {
                Transfer transfer = asked(exchange);
                try {
                    Bank.move((Connection) exchange.getAttribute(IdempotentHandler.CONTEXT), transfer, steps);
                } catch (SQLException failure) {
                    throw new IOException(failure);
                }
                answer(exchange, transfer);
            });
        }
    };

    /** No more than the requests of a flood, so that some of them have to wait for a connection. */
    private static final int CONNECTIONS = 8;

    private static final long CONNECTION_MILLIS = 2_000;

    /** Whether what is unknown stays so: the record alone cannot tell. */
    abstract boolean unknownIsFinal();

    /** What a worker does with a transfer. */
    abstract IdempotentHandler handler(List<String> places, Steps steps);

    private static DataSource pool(String url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(CONNECTION_MILLIS);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private static Transfer asked(HttpExchange exchange) throws IOException {
        return Transfer.of(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** Each run answers differently, so that a replay cannot be mistaken for another run. */
    private static void answer(HttpExchange exchange, Transfer transfer) throws IOException {
        UUID receipt = UUID.randomUUID();
        byte[] body = ("moved " + transfer.amount() + ", receipt " + receipt).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.getResponseHeaders().set("Location", Transfer.PATH + "/" + receipt);
        exchange.sendResponseHeaders(201, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
