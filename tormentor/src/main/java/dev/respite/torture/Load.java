package dev.respite.torture;

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
 * The transfers: several customers at a time. Most of them ask once, some ask for the same thing at several workers at the same
 * moment, some come back to one of long ago.
 */
final class Load {

    private static final int CUSTOMERS = 16;
    private static final int PERCENT_FLOOD = 2;
    private static final int FLOOD = 40;
    private static final int PERCENT_LATE = 10;

    private final Clients clients;
    private final int percentTwice;
    private final int percentThatCommit;
    private final long seed;
    private final Map<Integer, Fate> fates = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool(Daemons.named("customer"));
    private final Phaser asking = new Phaser(1);

    Load(Clients clients, Plan plan) {
        this.clients = clients;
        this.percentTwice = plan.percentTwice();
        this.percentThatCommit = plan.percentThatCommit();
        this.seed = plan.seed();
    }

    /**
     * Begins.
     *
     * @param load when no more transfers are begun
     * @param drain when those that are begun are given up
     */
    void begin(Deadline load, Deadline drain) {
        for (int customer = 0; customer < CUSTOMERS; customer++) {
            Random dice = new Random(seed * CUSTOMERS + customer);
            start(() -> {
                while (!load.isOver()) {
                    ask(dice, load, drain);
                }
            });
        }
    }

    private void ask(Random dice, Deadline load, Deadline drain) throws InterruptedException {
        int number = numbers.getAndIncrement();
        Fate fate = new Fate(Transfer.draw(number, dice, percentThatCommit), key(dice));
        fates.put(number, fate);
        int first = dice.nextInt(CUSTOMERS);
        int throwOf = dice.nextInt(100);
        int more = throwOf < PERCENT_FLOOD ? FLOOD : throwOf < PERCENT_FLOOD + percentTwice ? 1 : 0;
        for (int duplicate = 1; duplicate <= more; duplicate++) {
            int other = first + duplicate;
            start(() -> clients.drive(fate, other, load, drain));
        }
        clients.drive(fate, first, load, drain);
        if (dice.nextInt(100) < PERCENT_LATE) {
            Fate late = fates.get(dice.nextInt(number + 1));
            if (late != null) {
                clients.drive(late, first + 1, load, drain);
            }
        }
    }

    /** Waits until all are answered; whether they are. */
    boolean isDrained(Deadline drain) throws InterruptedException {
        int phase = asking.arrive();
        try {
            int unused = asking.awaitAdvanceInterruptibly(phase, drain.left().toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        }
    }

    /** Asks again for as many as the time allows, those that are unknown first. */
    void askAgain(Duration time) throws InterruptedException {
        Deadline deadline = Deadline.in(time);
        List<Fate> again = new ArrayList<>(fates.values());
        Collections.shuffle(again, new Random(seed));
        again.sort(
                (one, other) -> Boolean.compare(one.ending() == Fate.Ending.DONE, other.ending() == Fate.Ending.DONE));
        AtomicInteger next = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(CUSTOMERS, Daemons.named("late"));
        for (int customer = 0; customer < CUSTOMERS; customer++) {
            pool.execute(() -> {
                for (int at = next.getAndIncrement();
                        at < again.size() && !deadline.isOver();
                        at = next.getAndIncrement()) {
                    try {
                        clients.drive(again.get(at), at, deadline, deadline);
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

    Collection<Fate> fates() {
        return fates.values();
    }

    /** What a customer does. */
    @FunctionalInterface
    private interface Doing {
        void run() throws InterruptedException;
    }

    private void start(Doing doing) {
        int unused = asking.register();
        threads.execute(() -> {
            try {
                doing.run();
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            } finally {
                int unusedPhase = asking.arriveAndDeregister();
            }
        });
    }

    /** A UUID of version 7, as Respite's client makes them. */
    private static String key(Random dice) {
        long high = (System.currentTimeMillis() << 16) | 0x7000L | dice.nextInt(1 << 12);
        long low = (dice.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low).toString();
    }
}
