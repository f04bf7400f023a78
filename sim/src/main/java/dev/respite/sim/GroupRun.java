package dev.respite.sim;

import dev.respite.sim.scenario.ClientGroup;
import org.jspecify.annotations.Nullable;

/** The clients of one group in a run: begins their calls, and counts them. */
final class GroupRun {

    private final String name;
    private final ClientPool fleet;
    private final CallLog calls;
    private final Traffic traffic;
    private long begun;
    private long succeeded;

    /**
     * A group.
     *
     * @param end when no call begins any more
     */
    GroupRun(ClientGroup group, ClientPool fleet, CallLog calls, SimTime time, long end, long seed) {
        this.name = group.name();
        this.fleet = fleet;
        this.calls = calls;
        this.traffic = new Traffic(group, time, end, seed, this::begin);
    }

    void start() {
        traffic.start();
    }

    private void begin(int user) {
        begun++;
        long start = calls.begin();
        fleet.call(user, failure -> ended(user, start, failure));
    }

    private void ended(int user, long start, @Nullable Throwable failure) {
        if (failure == null) {
            succeeded++;
        }
        calls.ended(start, failure);
        traffic.callEnded(user);
    }

    ClientPool fleet() {
        return fleet;
    }

    GroupResult result() {
        return new GroupResult(name, begun, succeeded, fleet.attempts());
    }
}
