package dev.respite.sim;

import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.time.TimeSource;
import java.util.function.IntConsumer;

/** Begins calls at the times of the load. */
final class Traffic {

    private static final long NEVER = Long.MAX_VALUE;

    private final Arrivals arrivals;
    private final SimTime time;
    private final long end;
    private final SeededRandom chance;
    private final ClientGroup group;

    /** A stream of its own: arrivals do not depend on the number of clients, nor on their order. */
    private final SeededRandom drawn;

    private final IntConsumer call;
    private int next;

    /**
     * Traffic of a group.
     *
     * @param end when no call begins any more
     * @param call begins a call, of the user or the client with that number
     */
    Traffic(ClientGroup group, SimTime time, long end, long seed, IntConsumer call) {
        this.group = group;
        this.arrivals = group.arrivals();
        this.time = time;
        this.end = end;
        this.chance = new SeededRandom(seed, group.stream("arrivals"));
        this.drawn = new SeededRandom(seed, group.stream("clients"));
        this.call = call;
    }

    void start() {
        if (arrivals instanceof Arrivals.Even even) {
            evenly(even.rate());
        } else if (arrivals instanceof Arrivals.Poisson poisson) {
            repeat(() -> Math.round(-StrictMath.log(1 - chance.getAsDouble()) / poisson.rate() * 1e9));
        } else if (arrivals instanceof Arrivals.Ramp ramp) {
            repeat(() -> ramp.timeOf(-StrictMath.log(1 - chance.getAsDouble()), time.nanoTime()) - time.nanoTime());
        } else if (arrivals instanceof Arrivals.Trace trace) {
            repeat(() -> next < trace.times().size() ? trace.times().get(next).toNanos() - time.nanoTime() : NEVER);
        } else if (arrivals instanceof Arrivals.Burst burst) {
            time.at(0, () -> all(burst));
        } else if (arrivals instanceof Arrivals.Closed closed) {
            for (int user = 0; user < closed.users(); user++) {
                think(user);
            }
        }
    }

    /** A user of a closed load has the answer. */
    void callEnded(int user) {
        if (arrivals instanceof Arrivals.Closed) {
            think(user);
        }
    }

    private void think(int user) {
        long thought = ((Arrivals.Closed) arrivals).think().draw(chance);
        if (time.nanoTime() + thought < end) {
            time.after(thought, () -> call.accept(user));
        }
    }

    private void all(Arrivals.Burst burst) {
        if (time.nanoTime() + burst.every().toNanos() < end) {
            time.after(burst.every().toNanos(), () -> all(burst));
        }
        for (int i = 0; i < burst.calls(); i++) {
            call.accept(i);
        }
    }

    /** The n-th call is in the middle of the n-th gap, by one multiplication: no rounding adds up. */
    private void evenly(double rate) {
        repeat(() -> Math.round((next + 0.5) / rate * 1e9) - time.nanoTime());
    }

    private void repeat(Gap gap) {
        TimeSource.Task arrival = new TimeSource.Task() {
            @Override
            public void run() {
                int turn = next++;
                boolean any = group.order() == ClientGroup.Order.RANDOM;
                call.accept(any ? drawn.below(group.clients()) : turn);
                again();
            }

            void again() {
                long nanos = gap.next();
                if (nanos < end - time.nanoTime()) {
                    time.after(nanos, this);
                }
            }
        };
        long first = gap.next();
        if (first < end) {
            time.after(first, arrival);
        }
    }

    /** Nanoseconds until the next call. */
    @FunctionalInterface
    private interface Gap {
        long next();
    }
}
