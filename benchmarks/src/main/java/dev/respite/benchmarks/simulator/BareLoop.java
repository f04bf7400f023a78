package dev.respite.benchmarks.simulator;

import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * The floor: a loop over a priority queue that has the same events as a {@link Crowd}, at times drawn from the same
 * distributions, and does nothing else. No futures, no policy, no budget, no measuring.
 */
final class BareLoop {

    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private final SplittableRandom chance = new SplittableRandom(1);
    private final Crowd crowd;
    private long now;
    private int begun;
    private long handled;

    private enum Step {
        BEGIN,
        ARRIVE,
        FINISH,
        ANSWER,
        TIMEOUT
    }

    private record Event(long at, Step step) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return Long.compare(at, other.at);
        }
    }

    BareLoop(Crowd crowd) {
        this.crowd = crowd;
    }

    /** Runs it. How many events there were. */
    long run() {
        after(0, Step.BEGIN);
        for (Event next = queue.poll(); next != null; next = queue.poll()) {
            now = next.at();
            handled++;
            switch (next.step()) {
                case BEGIN -> {
                    if (++begun < crowd.calls()) {
                        after(exponential(1e9 / crowd.rate()), Step.BEGIN);
                    }
                    attempt(0);
                }
                case ARRIVE -> after(Crowd.WORK.toNanos(), Step.FINISH);
                case FINISH -> after(exponential((double) Crowd.LATENCY.toNanos()), Step.ANSWER);
                case ANSWER -> {
                    if (chance.nextDouble() < Crowd.FAILURES) {
                        attempt(chance.nextLong(100_000_000));
                        handled++; // the delay, which is a part of the way here
                    }
                }
                case TIMEOUT -> {
                    // The answer has come long ago.
                }
            }
        }
        return handled;
    }

    private void attempt(long delay) {
        after(delay + Crowd.TIMEOUT.toNanos(), Step.TIMEOUT);
        after(delay + exponential((double) Crowd.LATENCY.toNanos()), Step.ARRIVE);
    }

    private long exponential(double mean) {
        return Math.round(-Math.log(1 - chance.nextDouble()) * mean);
    }

    private void after(long nanos, Step step) {
        queue.add(new Event(now + nanos, step));
    }
}
