package dev.respite.sim;

import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Network;
import java.time.Duration;

/** Carries requests to services and answers back. A lost message never arrives. */
final class NetworkLink {

    private final Network network;
    private final SimTime time;
    private final SeededRandom chance;
    private final boolean instant;

    NetworkLink(Network network, SimTime time, long seed) {
        this.network = network;
        this.time = time;
        this.chance = new SeededRandom(seed, "network");
        this.instant = network.latency().equals(Distribution.constant(Duration.ZERO));
    }

    void carry(SimulatedRequest request) {
        if (chance.hits(network.loss())) {
            return;
        }
        if (instant) {
            request.run();
        } else {
            time.after(network.latency().draw(chance), request);
        }
    }
}
