package dev.respite.sim.occ;

import dev.respite.outcome.Attempt;
import dev.respite.sim.SeededRandom;
import dev.respite.sim.ServiceErrorException;
import dev.respite.sim.SimTime;
import dev.respite.sim.scenario.Distribution;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The row that all clients write, and the messages on their way to it and back. */
final class OptimisticLockingRow {

    private static final double MEAN_NANOS = 10e6;
    private static final double DEVIATION_NANOS = 2e6;
    private static final int CONFLICT = 409;

    private final SimTime time;
    private final SeededRandom chance;
    private long version;
    private long writes;
    private long lastAnswer;

    OptimisticLockingRow(SimTime time, long seed) {
        this.time = time;
        this.chance = new SeededRandom(seed, "network");
    }

    /** Reads the version, then writes with it. */
    CompletionStage<Object> attempt(Attempt attempt) {
        CompletableFuture<Object> answer = new CompletableFuture<>();
        travel(() -> {
            long read = version;
            travel(() -> travel(() -> write(read, answer)));
        });
        return answer;
    }

    private void write(long read, CompletableFuture<Object> answer) {
        writes++;
        boolean taken = read == version;
        if (taken) {
            version++;
        }
        travel(() -> {
            lastAnswer = time.nanoTime();
            if (taken) {
                answer.complete("ok");
            } else {
                answer.completeExceptionally(new ServiceErrorException(CONFLICT, Optional.empty()));
            }
        });
    }

    private void travel(Runnable arrival) {
        double nanos = MEAN_NANOS + DEVIATION_NANOS * Distribution.LogNormal.normal(chance);
        time.after(Math.round(Math.abs(nanos)), arrival::run);
    }

    double lastResponseMillis() {
        return lastAnswer / 1e6;
    }

    long writes() {
        return writes;
    }
}
