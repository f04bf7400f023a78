package dev.respite.sim.foresight;

import dev.respite.policy.FleetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.foresight.Foresight.Risk;
import dev.respite.text.ValueFormat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Finds the first change of a harmful policy with which an incident is harmless. */
final class Remedy {

    private static final int LONGER = 4;
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);

    private final RetryPolicy policy;
    private final Fleet fleet;
    private final Incident incident;

    Remedy(RetryPolicy policy, Fleet fleet, Incident incident) {
        this.policy = policy;
        this.fleet = fleet;
        this.incident = incident;
    }

    Optional<String> change() {
        return candidates().entrySet().stream()
                .filter(candidate -> isHarmless(candidate.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private boolean isHarmless(RetryPolicy changed) {
        return Experiment.risk(fleet.scaled(changed.limits()), incident, changed) == Risk.NONE;
    }

    /** Returns the policies by their change, the one that costs least first. */
    private Map<String, RetryPolicy> candidates() {
        Map<String, RetryPolicy> candidates = new LinkedHashMap<>();
        boolean isFleet = policy.budget() instanceof FleetSpec;
        FleetSpec declared = FleetSpec.DEFAULT.withClients(fleet.clients());
        if (!policy.budget().equals(declared)) {
            candidates.put(
                    (isFleet ? "" : "budget=fleet ") + "clients=" + fleet.clients(),
                    policy.toBuilder().budget(declared).build());
        }
        policy.limits().attemptTimeout().ifPresent(limit -> {
            Duration longer = limit.multipliedBy(LONGER);
            if (longer.compareTo(MAX_TIMEOUT) <= 0) {
                candidates.put(
                        "attempt-timeout=" + ValueFormat.format(longer),
                        policy.toBuilder().attemptTimeout(longer).build());
            }
        });
        if (policy.limits().maxAttempts() > 2) {
            candidates.put("max-attempts=2", policy.toBuilder().maxAttempts(2).build());
        }
        return candidates;
    }
}
