package dev.respite.sim.foresight;

import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.FleetSpec;
import dev.respite.policy.GrpcSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.policy.TokenSpec;
import dev.respite.sim.foresight.Foresight.DecisiveSetting;
import dev.respite.sim.foresight.Foresight.Recovery;
import dev.respite.sim.foresight.Foresight.Risk;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Works out a {@link Foresight}: runs the model with the policy, without retries, and with one setting changed at a time. */
final class Forecast {

    private static final String MAX_ATTEMPTS = "max-attempts";
    private static final String CLIENTS = "clients";
    private static final String BUDGET = "budget";

    private final FleetDemand demand;
    private final TimeoutRetries retries;
    private final OptionalInt without;

    Forecast(RetryPolicy policy, FleetDemand demand) {
        this.demand = demand;
        this.retries = TimeoutRetries.of(policy);
        this.without = new OutageModel(retries.withAttempts(1), demand, 0).recovery();
    }

    Foresight foresight() {
        OutageModel expected = new OutageModel(retries, demand, 0);
        Recovery worst = recovery(retries, OutageModel.UNLUCKY);
        boolean isExpected = new Recovery(expected.recovery(), without).isHarmed();
        Risk risk = !worst.isHarmed() ? Risk.NONE : isExpected ? Risk.HARMFUL : Risk.CLOSE;
        DecisiveSetting deciding = risk == Risk.NONE ? protecting(worst) : harming(worst);
        return new Foresight(demand, risk, burst(), expected.retriesAfter(), worst, deciding);
    }

    private Recovery recovery(TimeoutRetries changed, double unlucky) {
        return new Recovery(new OutageModel(changed, demand, unlucky).recovery(), without);
    }

    /** The change that harms, of the one that was made last. */
    private DecisiveSetting protecting(Recovery as) {
        if (retries.attempts() == 1) {
            return new DecisiveSetting(MAX_ATTEMPTS, Optional.empty(), as);
        }
        if (retries.budget() instanceof FleetSpec fleet && fleet.clients().isPresent()) {
            BudgetSpec undeclared = FleetSpec.DEFAULT;
            Recovery changed = recovery(retries.withBudget(undeclared), OutageModel.UNLUCKY);
            if (changed.isHarmed()) {
                return new DecisiveSetting(CLIENTS, Optional.of("budget=" + undeclared), changed);
            }
        }
        Recovery changed = recovery(retries.withBudget(BudgetSpec.off()), OutageModel.UNLUCKY);
        return changed.isHarmed()
                ? new DecisiveSetting(BUDGET, Optional.of("budget=off"), changed)
                : new DecisiveSetting(MAX_ATTEMPTS, Optional.empty(), as);
    }

    /** The first change that protects, the one that costs least first. */
    private DecisiveSetting harming(Recovery as) {
        boolean isFleet = retries.budget() instanceof FleetSpec;
        FleetSpec fleet = retries.budget() instanceof FleetSpec own ? own : FleetSpec.DEFAULT;
        Recovery declared = recovery(retries.withBudget(fleet.withClients(demand.clients())), OutageModel.UNLUCKY);
        if (!declared.isHarmed()) {
            String change = (isFleet ? "" : "budget=fleet ") + "clients=" + demand.clients();
            return new DecisiveSetting(isFleet ? CLIENTS : BUDGET, Optional.of(change), declared);
        }
        Recovery fewer = recovery(retries.withAttempts(2), OutageModel.UNLUCKY);
        if (retries.attempts() > 2 && !fewer.isHarmed()) {
            return new DecisiveSetting(MAX_ATTEMPTS, Optional.of("max-attempts=2"), fewer);
        }
        return new DecisiveSetting("capacity", Optional.empty(), as);
    }

    /** Retries of timeouts, by what the clients hold when the last call has succeeded. */
    private OptionalDouble burst() {
        double clients = demand.clients();
        if (retries.attempts() == 1) {
            return OptionalDouble.of(0);
        }
        if (retries.budget() instanceof TokenSpec tokens) {
            return OptionalDouble.of(clients * Math.floor(tokens.capacity() / tokens.cost(ErrorKind.TIMEOUT)));
        }
        if (retries.budget() instanceof GrpcSpec grpc) {
            return OptionalDouble.of(clients * Math.max(0, Math.ceil(grpc.maxTokens() / 2.0) - 1));
        }
        if (retries.budget() instanceof FleetSpec fleet) {
            double most = clients * FleetSpec.OVERLOAD_CREDIT;
            if (fleet.clients().isEmpty()) {
                return OptionalDouble.of(most);
            }
            double share = FleetSpec.OVERLOAD_FLEET_BURST / fleet.clients().getAsInt();
            double earned = FleetSpec.OVERLOAD_PER_SUCCESS * demand.rate() * FleetSpec.OVERLOAD_MEMORY.toNanos() / 1e9;
            return OptionalDouble.of(Math.min(most, clients * share + earned));
        }
        return OptionalDouble.empty();
    }
}
