package dev.respite.torture.durable;

import dev.respite.torture.cluster.RunDeadline;
import dev.respite.torture.durable.DurableOrder.Kind;
import dev.respite.torture.run.Clients;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Sends orders with {@value #CLIENTS} concurrent clients, each until a worker has accepted or rejected it. */
final class OrderLoad {

    private static final int CLIENTS = 8;
    private static final int SERVER_ERROR = 500;
    private static final long PAUSE_MILLIS = 50;
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(3);

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final long seed;
    private final Optional<DurableSabotage> sabotage;
    private final Map<Integer, DurableOrder> orders = new ConcurrentHashMap<>();
    private final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Clients clients = new Clients();

    /**
     * Creates the load.
     *
     * @param seed the seed of the orders
     * @param sabotage the protection that is switched off
     */
    OrderLoad(long seed, Optional<DurableSabotage> sabotage) {
        this.seed = seed;
        this.sabotage = sabotage;
    }

    /**
     * Starts the clients.
     *
     * @param workers the URIs of the workers
     * @param load the time at which clients stop to create orders
     * @param drain the time at which they stop to send them
     * @param full whether as many calls wait as the workers can run in time
     */
    void start(List<URI> workers, RunDeadline load, RunDeadline drain, BooleanSupplier full) {
        clients.start(CLIENTS, seed, load, random -> {
            if (full.getAsBoolean()) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            } else {
                sendOne(workers, random, drain);
            }
        });
    }

    private void sendOne(List<URI> workers, Random random, RunDeadline drain) throws InterruptedException {
        int number = numbers.getAndIncrement();
        DurableOrder order = sabotage.map(protection -> DurableOrder.drawSuccess(number, random, kindFor(protection)))
                .orElseGet(() -> DurableOrder.draw(number, random));
        orders.put(number, order);
        for (int turn = random.nextInt(workers.size()); !drain.isOver(); turn++) {
            if (isDecided(order, workers.get(turn % workers.size()))) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private static Kind kindFor(DurableSabotage sabotage) {
        return switch (sabotage) {
            case NO_SEQUENCE -> Kind.SEQUENCED;
            case NO_SAVEPOINT -> Kind.COMMITTING;
            default -> Kind.TRANSFER;
        };
    }

    private boolean isDecided(DurableOrder order, URI worker) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(worker)
                .timeout(RESPONSE_TIMEOUT)
                .POST(BodyPublishers.ofString(order.body()))
                .build();
        try {
            int status = client.send(request, BodyHandlers.discarding()).statusCode();
            if (status == Orders.ACCEPTED) {
                acknowledged.add(order.number());
            }
            return status < SERVER_ERROR;
        } catch (IOException failed) {
            return false;
        }
    }

    /** Waits until every order is accepted or rejected, and returns whether that is so. */
    boolean isDrained(RunDeadline drain) throws InterruptedException {
        return clients.isDrained(drain);
    }

    /** Returns the orders by number. */
    Map<Integer, DurableOrder> orders() {
        return orders;
    }

    /** Returns the numbers of the orders that a client saw accepted. */
    Set<Integer> acknowledged() {
        return acknowledged;
    }
}
