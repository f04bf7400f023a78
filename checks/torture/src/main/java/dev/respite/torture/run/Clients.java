package dev.respite.torture.run;

import dev.respite.torture.cluster.DaemonThreads;
import dev.respite.torture.cluster.RunDeadline;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The concurrent clients of a load. Thread-safe. */
public final class Clients {

    private final ExecutorService threads = Executors.newCachedThreadPool(DaemonThreads.named("client"));
    private final Phaser pending = new Phaser(1);

    /** Creates no client yet. */
    public Clients() {}

    /** The work of a client. */
    @FunctionalInterface
    public interface Task {
        void run() throws InterruptedException;
    }

    /** A step of a client that repeats it. */
    @FunctionalInterface
    public interface Turn {
        void run(Random random) throws InterruptedException;
    }

    /** Starts clients that repeat a step until the deadline, each with a seed of its own. */
    public void start(int count, long seed, RunDeadline deadline, Turn turn) {
        for (int client = 0; client < count; client++) {
            Random random = new Random(seed * count + client);
            execute(() -> {
                while (!deadline.isOver()) {
                    turn.run(random);
                }
            });
        }
    }

    /** Starts one more client. */
    public void execute(Task task) {
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

    /** Waits until all clients have ended, and returns whether that is so. */
    public boolean isDrained(RunDeadline drain) throws InterruptedException {
        int phase = pending.arrive();
        try {
            int unused =
                    pending.awaitAdvanceInterruptibly(phase, drain.remaining().toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        }
    }
}
