package dev.respite.torture;

import com.sun.net.httpserver.HttpExchange;
import dev.respite.idempotency.Execution;
import dev.respite.idempotency.ExternalIdempotency;
import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.http.HttpGuard;
import dev.respite.idempotency.http.IdempotentHandler;
import dev.respite.idempotency.http.KeyRequirement;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.redis.RedisIdempotencyStore;
import dev.respite.idempotency.store.StoreUnavailableException;
import dev.respite.torture.cluster.Breakpoints;
import dev.respite.torture.cluster.InterceptedJdbc;
import dev.respite.torture.cluster.Step;
import dev.respite.torture.run.Bank;
import dev.respite.torture.run.TransferOrder;
import io.lettuce.core.RedisClient;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The ways in which a worker joins effect and record. */
enum Mode {
    /** Effect and record in one transaction of one database. */
    TRANSACTIONAL {
        @Override
        boolean unknownIsFinal() {
            return false;
        }

        @Override
        IdempotentHandler handler(
                Function<String, DataSource> pools,
                List<String> urls,
                Breakpoints breakpoints,
                Optional<Sabotage> sabotage) {
            Supplier<DataSource> connections =
                    () -> withBreakpoints(DataSource.class, pools.apply(urls.get(0)), breakpoints);
            DataSource dataSource = connections.get();
            JdbcIdempotencyStore store = awaitStore(() -> JdbcIdempotencyStore.of(dataSource));
            IdempotencyEngine engine = IdempotencyEngine.of(store).withSettings(Worker.settings());
            Idempotency<Connection> idempotency = sabotage.map(protection -> protection.apply(engine, connections))
                    .orElseGet(() -> TransactionalIdempotency.of(engine));
            HttpGuard<Connection> guard = HttpGuard.of(new BreakpointIdempotency<>(idempotency, breakpoints))
                    .withKeyRequirement(KeyRequirement.requiredFor("POST"));
            return IdempotentHandler.of(guard, exchange -> {
                TransferOrder transfer = transfer(exchange);
                Connection connection = (Connection) exchange.getAttribute(IdempotentHandler.CONTEXT);
                try {
                    Bank.move(connection, transfer, breakpoints);
                    if (transfer.commitsByItself()) {
                        commitAndFail(connection, exchange, transfer, breakpoints);
                        return;
                    }
                } catch (SQLException failure) {
                    throw new IOException(failure);
                }
                respond(exchange, transfer);
            });
        }
    },

    /** The record in one store and the effect in another. After a crash between the two, the outcome is unknown. */
    EXTERNAL {
        @Override
        boolean unknownIsFinal() {
            return true;
        }

        @Override
        IdempotentHandler handler(
                Function<String, DataSource> pools,
                List<String> urls,
                Breakpoints breakpoints,
                Optional<Sabotage> sabotage) {
            ClientResources resources = ClientResources.builder()
                    .reconnectDelay(Delay.constant(RECONNECT_AFTER))
                    .build();
            RedisClient client = RedisClient.create(resources, urls.get(0));
            RedisIdempotencyStore store =
                    awaitStore(() -> RedisIdempotencyStore.of(client).requireDurable());
            DataSource bank = pools.apply(urls.get(1));
            Idempotency<Execution> idempotency = ExternalIdempotency.of(
                            IdempotencyEngine.of(store).withSettings(Worker.settings()))
                    .withExplicitEffectStart();
            HttpGuard<Execution> guard = HttpGuard.of(new BreakpointIdempotency<>(idempotency, breakpoints))
                    .withKeyRequirement(KeyRequirement.requiredFor("POST"));
            return IdempotentHandler.of(guard, exchange -> {
                TransferOrder transfer = transfer(exchange);
                Execution execution = (Execution) exchange.getAttribute(IdempotentHandler.CONTEXT);
                breakpoints.reach(Step.AFTER_CLAIM);
                try {
                    moveAndCommit(bank, transfer, execution, breakpoints);
                } catch (SQLException failure) {
                    throw new IOException(failure);
                }
                respond(exchange, transfer);
            });
        }
    };

    private static final int LOG_EVERY = 5;

    private static final Duration RETRY_AFTER = Duration.ofMillis(100);
    private static final Duration RECONNECT_AFTER = Duration.ofMillis(50);

    /** Returns whether an unknown outcome stays unknown, since the record alone does not show whether the effect happened. */
    abstract boolean unknownIsFinal();

    /**
     * Returns the handler of transfers. A sabotage replaces the idempotency of the transactional mode; the external mode
     * ignores it.
     */
    abstract IdempotentHandler handler(
            Function<String, DataSource> pools,
            List<String> urls,
            Breakpoints breakpoints,
            Optional<Sabotage> sabotage);

    /** Adds breakpoints where a transaction begins, and before and after its commit. */
    private static <T> T withBreakpoints(Class<T> type, T target, Breakpoints breakpoints) {
        return InterceptedJdbc.of(type, target, call -> {
            boolean commit = call.name().equals("commit");
            if (commit) {
                breakpoints.reach(Step.BEFORE_COMMIT);
            } else if (call.name().equals("setAutoCommit") && call.argument().equals(Optional.of(false))) {
                breakpoints.reach(Step.AFTER_CLAIM);
            }
            Object result = call.proceed();
            if (commit) {
                breakpoints.reach(Step.AFTER_COMMIT);
            }
            return result instanceof Connection connection
                    ? withBreakpoints(Connection.class, connection, breakpoints)
                    : result;
        });
    }

    /**
     * Runs the bank's own transaction. Before the commit is sent it is certain that the effect did not happen. The effect begins
     * when there is a connection: a worker that is killed while it waits for one has done nothing.
     */
    private static void moveAndCommit(
            DataSource bank, TransferOrder transfer, Execution execution, Breakpoints breakpoints) throws SQLException {
        boolean sent = false;
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            breakpoints.effectBegins(transfer.number());
            execution.effectStarting();
            Bank.move(connection, transfer, breakpoints);
            breakpoints.reach(Step.BEFORE_COMMIT);
            sent = true;
            connection.commit();
            breakpoints.reach(Step.AFTER_COMMIT);
            connection.setAutoCommit(true);
        } catch (SQLException failure) {
            if (!sent) {
                execution.noEffect();
            }
            breakpoints.effectFailed(transfer.number());
            throw failure;
        }
    }

    /**
     * Commits without the knowledge of the surrounding transaction, and then fails: even transfers with an exception, odd
     * ones with a 503.
     */
    private static void commitAndFail(
            Connection connection, HttpExchange exchange, TransferOrder transfer, Breakpoints breakpoints)
            throws SQLException, IOException {
        breakpoints.reach(Step.BEFORE_COMMIT);
        try (Statement statement = connection.createStatement()) {
            statement.execute("COMMIT");
        }
        breakpoints.reach(Step.AFTER_COMMIT);
        if (transfer.number() % 2 == 0) {
            throw new IOException("failed after the work committed by itself");
        }
        exchange.sendResponseHeaders(503, -1);
        exchange.close();
    }

    /** Waits for the store, which may be down. Every {@value #LOG_EVERY}th failure is logged. */
    private static <T> T awaitStore(Supplier<T> store) {
        for (int attempt = 1; ; attempt++) {
            try {
                return store.get();
            } catch (StoreUnavailableException down) {
                if (attempt % LOG_EVERY == 0) {
                    down.printStackTrace();
                }
                LockSupport.parkNanos(RETRY_AFTER.toNanos());
            }
        }
    }

    private static TransferOrder transfer(HttpExchange exchange) throws IOException {
        return TransferOrder.of(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** Sends a response with a new receipt, so that a replay differs from a second execution. */
    private static void respond(HttpExchange exchange, TransferOrder transfer) throws IOException {
        UUID receipt = UUID.randomUUID();
        byte[] body = ("moved " + transfer.amount() + ", receipt " + receipt).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
        exchange.getResponseHeaders().set("Location", TransferOrder.PATH + "/" + receipt);
        exchange.sendResponseHeaders(201, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
