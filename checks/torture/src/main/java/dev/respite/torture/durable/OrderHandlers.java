package dev.respite.torture.durable;

import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableContext;
import dev.respite.durable.EffectRunner;
import dev.respite.durable.idempotency.IdempotentEffects;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.Scope;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.torture.cluster.Breakpoints;
import dev.respite.torture.cluster.Sql;
import dev.respite.torture.cluster.Step;
import dev.respite.torture.run.Bank;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** The handlers of a worker's tasks, with a breakpoint at each of their steps. */
final class OrderHandlers {

    /** MariaDB's error code. */
    private static final int LOCK_WAIT_TIMEOUT = 1205;

    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration RECORD_LEASE = Duration.ofMillis(500);

    private final HttpClient client = HttpClient.newHttpClient();
    private final URI bank;
    private final Breakpoints breakpoints;

    /**
     * Creates the handlers.
     *
     * @param bank the other system
     * @param breakpoints the breakpoints
     */
    OrderHandlers(URI bank, Breakpoints breakpoints) {
        this.bank = bank;
        this.breakpoints = breakpoints;
    }

    /** Moves money in the database of the call. A planned failure comes after everything was written. */
    void transfer(Connection connection, DurableOrder order, DurableContext context)
            throws SQLException, ConnectException {
        breakpoints.reach(Step.AFTER_PICK);
        Bank.move(connection, order.transfer(), breakpoints);
        failAsPlanned(order, context);
        breakpoints.reach(Step.BEFORE_REMOVAL);
    }

    /** Moves money, and records whether it was the turn of the call. */
    void transferInTurn(Connection connection, DurableOrder order, DurableContext context)
            throws SQLException, ConnectException {
        Turns.made(connection, order);
        transfer(connection, order, context);
    }

    /** Moves money and commits it. Every other handler fails after that. */
    void commit(Connection connection, DurableOrder order, DurableContext context)
            throws SQLException, ConnectException {
        breakpoints.reach(Step.AFTER_PICK);
        Bank.move(connection, order.transfer(), breakpoints);
        connection.commit();
        failIfEven(order);
        breakpoints.reach(Step.BEFORE_REMOVAL);
    }

    /** Moves money and rolls back. Every other handler fails after that. */
    void rollBack(Connection connection, DurableOrder order, DurableContext context)
            throws SQLException, ConnectException {
        breakpoints.reach(Step.AFTER_PICK);
        Bank.move(connection, order.transfer(), breakpoints);
        connection.rollback();
        failIfEven(order);
        breakpoints.reach(Step.BEFORE_REMOVAL);
    }

    private static void failIfEven(DurableOrder order) throws ConnectException {
        if (order.number() % 2 == 0) {
            throw new ConnectException("the handler has ended its transaction, as planned");
        }
    }

    /**
     * Moves money step by step, and goes on after a step that has failed. After a lock wait that was too long it fails: MariaDB
     * has then rolled back the statement only, so half of the effect would be the handler's own fault.
     */
    void ignoreFailures(Connection connection, DurableOrder order, DurableContext context) throws SQLException {
        breakpoints.reach(Step.AFTER_PICK);
        for (Bank.Movement movement : Bank.movements(order.transfer())) {
            try {
                movement.run(connection);
            } catch (SQLException failure) {
                if (failure.getErrorCode() == LOCK_WAIT_TIMEOUT) {
                    throw failure;
                }
                // Ignored, as by a handler that logs it.
            }
        }
        breakpoints.reach(Step.BEFORE_REMOVAL);
    }

    /** Moves the money of a payment, in the transaction that ends its call. */
    void settle(Connection connection, DurableOrder order, int status, DurableContext context) throws SQLException {
        Bank.move(connection, order.transfer(), breakpoints);
        breakpoints.reach(Step.BEFORE_REMOVAL);
    }

    /** Pays by HTTP with the key of the call, and returns the status. A planned failure comes after the payment. */
    int pay(DurableOrder order, DurableContext context) throws IOException, InterruptedException {
        breakpoints.reach(Step.AFTER_PICK);
        HttpRequest request = HttpRequest.newBuilder(bank)
                .timeout(RESPONSE_TIMEOUT)
                .header(PaymentBank.KEY, context.key())
                .POST(BodyPublishers.ofString(Integer.toString(order.number())))
                .build();
        HttpResponse<Void> response = client.send(request, headers -> {
            breakpoints.reach(Step.BEFORE_RESPONSE);
            return BodySubscribers.discarding();
        });
        if (response.statusCode() != PaymentBank.PAID) {
            throw new ConnectException("the bank is not available: status " + response.statusCode());
        }
        failAsPlanned(order, context);
        breakpoints.reach(Step.AFTER_RESPONSE);
        return response.statusCode();
    }

    /** Records an order that is given up, or misbehaves as planned. */
    void givenUp(Connection connection, DurableOrder order, DeadLetter letter, DurableContext context)
            throws SQLException {
        Sql.update(connection, "INSERT INTO given_up VALUES (?)", order.number());
        breakpoints.reach(Step.DURING_PARK);
        switch (order.givenUp()) {
            case FAILS -> throw new IllegalStateException("the handler of the call that is given up fails, as planned");
            case COMMITS -> connection.commit();
            case RECORDS -> {}
        }
    }

    private static void failAsPlanned(DurableOrder order, DurableContext context) throws ConnectException {
        if (context.attempt().number() <= order.failures()) {
            throw new ConnectException("attempt " + context.attempt().number() + " fails, as planned");
        }
    }

    /**
     * Returns a runner that keeps a record of the key for the calls that are enqueued twice.
     *
     * @param dataSource the database
     * @param plain the runner of all other calls
     */
    EffectRunner effects(DataSource dataSource, EffectRunner plain) {
        IdempotencyEngine engine = IdempotencyEngine.of(JdbcIdempotencyStore.of(dataSource))
                .withSettings(IdempotencySettings.defaults().withLease(RECORD_LEASE));
        EffectRunner recorded = IdempotentEffects.of(TransactionalIdempotency.of(engine), Scope.of("torture"));
        return (context, stored, effect) -> {
            boolean keyed = context.task().equals(DurableOrder.Kind.KEYED.task());
            boolean committed = (keyed ? recorded : plain).run(context, stored, connection -> {
                effect.run(connection);
                breakpoints.reach(Step.AFTER_REMOVAL);
            });
            breakpoints.reach(Step.AFTER_EFFECT_COMMIT);
            return committed;
        };
    }
}
