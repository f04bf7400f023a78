package dev.respite.torture;

import dev.respite.torture.bank.TransferOrder;
import dev.respite.torture.process.DaemonThreads;
import dev.respite.torture.process.RunDeadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends transfers with {@value #CLIENTS} concurrent clients. Most transfers are sent by one client, some by several at the
 * same time to different workers, and some are sent again later.
 */
final class LoadGenerator {

    private static final int CLIENTS = 16;
    private static final int FLOOD_PERCENT = 2;
    private static final int FLOOD_SIZE = 40;
    private static final int LATE_PERCENT = 10;

    private final TransferClient clients;
    private final int duplicatePercent;
    private final int selfCommitPercent;
    private final long seed;
    private final Map<Integer, TransferOutcome> outcomes = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool(DaemonThreads.named("client"));
    private final Phaser pending = new Phaser(1);

    LoadGenerator(TransferClient clients, TortureConfig config) {
        this.clients = clients;
        this.duplicatePercent = config.duplicatePercent();
        this.selfCommitPercent = config.selfCommitPercent();
        this.seed = config.seed();
    }

    /**
     * Starts the clients.
     *
     * @param load the time at which clients stop to create transfers
     * @param drain the time at which clients stop to send the transfers that they created
     */
    void start(RunDeadline load, RunDeadline drain) {
        for (int client = 0; client < CLIENTS; client++) {
            Random random = new Random(seed * CLIENTS + client);
            execute(() -> {
                while (!load.isOver()) {
                    sendOne(random, load, drain);
                }
            });
        }
    }

    private void sendOne(Random random, RunDeadline load, RunDeadline drain) throws InterruptedException {
        int number = numbers.getAndIncrement();
        TransferOutcome outcome =
                new TransferOutcome(TransferOrder.draw(number, random, selfCommitPercent), key(random));
        outcomes.put(number, outcome);
        int first = random.nextInt(CLIENTS);
        int roll = random.nextInt(100);
        int more = roll < FLOOD_PERCENT ? FLOOD_SIZE : roll < FLOOD_PERCENT + duplicatePercent ? 1 : 0;
        for (int duplicate = 1; duplicate <= more; duplicate++) {
            int other = first + duplicate;
            execute(() -> clients.sendUntilDefinite(outcome, other, load, drain));
        }
        clients.sendUntilDefinite(outcome, first, load, drain);
        if (random.nextInt(100) < LATE_PERCENT) {
            TransferOutcome late = outcomes.get(random.nextInt(number + 1));
            if (late != null) {
                clients.sendUntilDefinite(late, first + 1, load, drain);
            }
        }
    }

    /** Waits until every transfer has a definite response, and returns whether that is so. */
    boolean isDrained(RunDeadline drain) throws InterruptedException {
        int phase = pending.arrive();
        try {
            int unused =
                    pending.awaitAdvanceInterruptibly(phase, drain.remaining().toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        }
    }

    /** Sends as many transfers again as the time allows, those without a success first. */
    void repeat(Duration time) throws InterruptedException {
        RunDeadline deadline = RunDeadline.in(time);
        List<TransferOutcome> again = new ArrayList<>(outcomes.values());
        Collections.shuffle(again, new Random(seed));
        again.sort((one, other) -> Boolean.compare(
                one.status() == TransferOutcome.Status.SUCCEEDED, other.status() == TransferOutcome.Status.SUCCEEDED));
        AtomicInteger next = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(CLIENTS, DaemonThreads.named("repeat"));
        for (int client = 0; client < CLIENTS; client++) {
            pool.execute(() -> {
                for (int at = next.getAndIncrement();
                        at < again.size() && !deadline.isOver();
                        at = next.getAndIncrement()) {
                    try {
                        clients.sendUntilDefinite(again.get(at), at, deadline, deadline);
                    } catch (InterruptedException ended) {
                        return;
                    }
                }
            });
        }
        pool.shutdown();
        boolean unused = pool.awaitTermination(time.toMillis() + 1_000, TimeUnit.MILLISECONDS);
        pool.shutdownNow();
    }

    Collection<TransferOutcome> outcomes() {
        return outcomes.values();
    }

    /** The work of one client. */
    @FunctionalInterface
    private interface Task {
        void run() throws InterruptedException;
    }

    private void execute(Task task) {
        int unused = pending.register();
        threads.execute(() -> {
            try {
                task.run();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } finally {
                int unusedPhase = pending.arriveAndDeregister();
            }
        });
    }

    /** Returns a UUID of version 7, as Respite's client creates them. */
    private static String key(Random random) {
        long high = (System.currentTimeMillis() << 16) | 0x7000L | random.nextInt(1 << 12);
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
