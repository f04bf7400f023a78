package dev.respite.sim;

import dev.respite.sim.scenario.Balancer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** The balancers of the callers of one service: one for each of them, or one for all. */
final class Balancers {

    private final boolean isShared;
    private final Supplier<AttemptBalancer> created;
    private final Map<Integer, AttemptBalancer> byCaller = new HashMap<>();

    private Balancers(boolean isShared, Supplier<AttemptBalancer> created) {
        this.isShared = isShared;
        this.created = created;
    }

    /**
     * Creates the balancers of several fleets by the name of the service that they call. If all callers share one balancer, all
     * fleets that call the same service have the same.
     *
     * @param created makes a balancer over the replicas of a service
     */
    static Function<String, Optional<Balancers>> of(
            Optional<Balancer> spec, BiFunction<String, Balancer, AttemptBalancer> created) {
        Map<String, Balancers> shared = new HashMap<>();
        return to -> spec.map(balancer -> {
            Balancers added = new Balancers(balancer.isShared(), () -> created.apply(to, balancer));
            return balancer.isShared() ? shared.computeIfAbsent(to, service -> added) : added;
        });
    }

    /** The way of the attempts of a call that a caller makes now. */
    CallRoute route(int caller) {
        int owner = isShared ? 0 : caller;
        return new CallRoute(byCaller.computeIfAbsent(owner, added -> created.get()));
    }

    /** The replicas of the attempts of one call. */
    static final class CallRoute {

        private final AttemptBalancer balancer;
        private final BitSet tried = new BitSet();

        private CallRoute(AttemptBalancer balancer) {
            this.balancer = balancer;
        }

        /** The replica of the next attempt, from 0. */
        int next() {
            int replica = balancer.choose(tried);
            tried.set(replica);
            return replica;
        }

        /** An attempt has ended for its caller. */
        void ended(int replica) {
            balancer.ended(replica);
        }
    }
}
