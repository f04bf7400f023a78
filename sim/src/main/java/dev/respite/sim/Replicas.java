package dev.respite.sim;

import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Service;
import java.util.List;
import java.util.stream.IntStream;

/** The servers of one service, which are all of the same kind. Each has its own queue, workers, rate limiter and chance. */
final class Replicas {

    private final RequestLog requests;
    private final List<SimulatedServer> servers;
    private final SeededRandom drawn;

    Replicas(Service service, List<Fault> faults, SimTime time, long seed, EventTap tap) {
        this.requests = new RequestLog(service.name(), tap);
        this.drawn = new SeededRandom(seed, service.name() + " replicas");
        this.servers = IntStream.rangeClosed(1, service.replicas())
                .mapToObj(number -> new SimulatedServer(service, number, faults, time, seed, requests))
                .toList();
    }

    /** The server of the next attempt: any of them, each with the same probability. */
    SimulatedServer draw() {
        return servers.get(servers.size() == 1 ? 0 : drawn.below(servers.size()));
    }

    List<SimulatedServer> servers() {
        return servers;
    }

    /** The requests that came to any of the servers. */
    Series.Counts requests() {
        return requests.counts();
    }

    int queueLength() {
        return servers.stream().mapToInt(SimulatedServer::queueLength).sum();
    }

    long wastedNanos() {
        return servers.stream().mapToLong(SimulatedServer::wastedNanos).sum();
    }

    /** Checks the counts of the requests in each of the servers. */
    void check() {
        servers.forEach(SimulatedServer::check);
    }
}
