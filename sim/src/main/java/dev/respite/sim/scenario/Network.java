package dev.respite.sim.scenario;

import java.time.Duration;

/**
 * The network between a caller and a service.
 *
 * @param latency how long a message takes, one way
 * @param loss the part of the messages that never arrive, each way, from 0 to 1
 */
record Network(Distribution latency, double loss) {

    /** No time and no loss. */
    static final Network NONE = new Network(Distribution.constant(Duration.ZERO), 0);

    /** Checks the range. */
    Network {
        Checks.range("loss", loss, 0, 1);
    }
}
