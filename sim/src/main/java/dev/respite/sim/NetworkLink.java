package dev.respite.sim;

import dev.respite.sim.scenario.Distribution;
import java.time.Duration;

/** Carries requests to services and answers back. A lost message never arrives. */
final class NetworkLink {

    private final Distribution latency;
    private final double loss;
    private final SimTime time;
    private final SeededRandom chance;
    private final boolean instant;

    NetworkLink(Distribution latency, double loss, SimTime time, long seed) {
        this.latency = latency;
        this.loss = loss;
        this.time = time;
        this.chance = new SeededRandom(seed, "network");
        this.instant = latency.equals(Distribution.constant(Duration.ZERO));
    }

    void carry(SimulatedRequest request) {
        if (chance.hits(loss)) {
            return;
        }
        if (instant) {
            request.run();
        } else {
            time.after(latency.draw(chance), request);
        }
    }
}
