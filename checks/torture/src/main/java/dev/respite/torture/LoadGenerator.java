package dev.respite.torture;

import dev.respite.torture.cluster.RunDeadline;
import dev.respite.torture.run.Clients;
import dev.respite.torture.run.TransferOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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

    private final long seed;
    private final int duplicatePercent;
    private final int selfCommitPercent;
    private final Map<Integer, TransferOutcome> outcomes = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Clients clients = new Clients();
    private volatile Optional<TransferClient> sender = Optional.empty();

    /**
     * Creates the load.
     *
     * @param seed the seed of the transfers
     * @param duplicatePercent the percentage of transfers that are sent to two workers at the same time
     * @param selfCommitPercent the percentage of transfers that the bank's code commits by itself
     */
    LoadGenerator(long seed, int duplicatePercent, int selfCommitPercent) {
        this.seed = seed;
        this.duplicatePercent = duplicatePercent;
        this.selfCommitPercent = selfCommitPercent;
    }

    /**
     * Starts the clients.
     *
     * @param to sends the transfers
     * @param load the time at which clients stop to create transfers
     * @param drain the time at which clients stop to send the transfers that they created
     */
    void start(TransferClient to, RunDeadline load, RunDeadline drain) {
        sender = Optional.of(to);
        clients.start(CLIENTS, seed, load, random -> sendOne(to, random, load, drain));
    }

    private void sendOne(TransferClient to, Random random, RunDeadline load, RunDeadline drain)
            throws InterruptedException {
        int number = numbers.getAndIncrement();
        TransferOutcome outcome =
                new TransferOutcome(TransferOrder.draw(number, random, selfCommitPercent), key(random));
        outcomes.put(number, outcome);
        int first = random.nextInt(CLIENTS);
        int roll = random.nextInt(100);
        int more = roll < FLOOD_PERCENT ? FLOOD_SIZE : roll < FLOOD_PERCENT + duplicatePercent ? 1 : 0;
        for (int duplicate = 1; duplicate <= more; duplicate++) {
            int other = first + duplicate;
            clients.execute(() -> to.sendUntilDefinite(outcome, other, load, drain));
        }
        to.sendUntilDefinite(outcome, first, load, drain);
        if (random.nextInt(100) < LATE_PERCENT) {
            TransferOutcome late = outcomes.get(random.nextInt(number + 1));
            if (late != null) {
                to.sendUntilDefinite(late, first + 1, load, drain);
            }
        }
    }

    /** Waits until every transfer has a definite response, and returns whether that is so. */
    boolean isDrained(RunDeadline drain) throws InterruptedException {
        return clients.isDrained(drain);
    }

    /** Sends as many transfers again as the time allows, those without a success first. */
    void repeat(Duration time) throws InterruptedException {
        RunDeadline deadline = RunDeadline.in(time);
        List<TransferOutcome> again = new ArrayList<>(outcomes.values());
        Collections.shuffle(again, new Random(seed));
        again.sort(Comparator.comparing(outcome -> outcome.status() == TransferOutcome.Status.SUCCEEDED));
        AtomicInteger next = new AtomicInteger();
        Clients repeating = new Clients();
        TransferClient to = sender.orElseThrow();
        for (int client = 0; client < CLIENTS; client++) {
            repeating.execute(() -> {
                for (int at = next.getAndIncrement();
                        at < again.size() && !deadline.isOver();
                        at = next.getAndIncrement()) {
                    to.sendUntilDefinite(again.get(at), at, deadline, deadline);
                }
            });
        }
        boolean unused = repeating.isDrained(RunDeadline.in(time.plusSeconds(1)));
    }

    Collection<TransferOutcome> outcomes() {
        return outcomes.values();
    }

    /** Returns a UUID of version 7, as Respite's client creates them. */
    private static String key(Random random) {
        long high = (System.currentTimeMillis() << 16) | 0x7000L | random.nextInt(1 << 12);
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
