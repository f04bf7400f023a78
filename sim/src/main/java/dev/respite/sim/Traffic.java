package dev.respite.sim;

import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.time.TimeSource;
import java.util.function.IntConsumer;

/** Begins calls at the times of the load. */
final class Traffic {

    private final Arrivals arrivals;
    private final SimTime time;
    private final long end;
    private final SeededRandom chance;
    private final ClientGroup group;

    /** A stream of its own: arrivals do not depend on the number of clients, nor on their order. */
    private final SeededRandom drawn;

    private final IntConsumer call;
    private final TimeSource.Task arrival = this::arrive;
    private int begun;

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
        if (arrivals.isClosed()) {
            for (int user = 0; user < arrivals.clients(); user++) {
                think(user);
            }
        } else if (arrivals.isBurst()) {
            time.at(0, this::burst);
        } else {
            oneByOne();
        }
    }

    /** A user of a closed load has the answer. */
    void callEnded(int user) {
        if (arrivals.isClosed()) {
            think(user);
        }
    }

    private void think(int user) {
        long thought = nanosToNext();
        if (time.nanoTime() + thought < end) {
            time.after(thought, () -> call.accept(user));
        }
    }

    private void burst() {
        long nanos = nanosToNext();
        if (time.nanoTime() + nanos < end) {
            time.after(nanos, this::burst);
        }
        for (int i = 0; i < arrivals.clients(); i++) {
            call.accept(i);
        }
    }

    private void oneByOne() {
        long nanos = nanosToNext();
        if (nanos < end - time.nanoTime()) {
            time.after(nanos, arrival);
        }
    }

    private void arrive() {
        int turn = begun++;
        call.accept(group.isInTurn() ? turn : drawn.below(group.clients()));
        oneByOne();
    }

    private long nanosToNext() {
        return arrivals.nanosToNext(begun, time.nanoTime(), chance);
    }
}
