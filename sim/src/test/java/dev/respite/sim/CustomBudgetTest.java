package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Budgets that take the place of the policy's. */
class CustomBudgetTest {

    private static final RetryPolicy TWICE = RetryPolicy.parse("max-attempts=2 budget=off");
    private static final Load LOAD = Load.poisson("store", 100).clients(7);
    private static final CustomBudget THREE = new CustomBudget("three", time -> new Fixed(3));

    /** Grants so many retries, and never any more. */
    private static final class Fixed implements RetryBudget {

        private int left;

        Fixed(int left) {
            this.left = left;
        }

        @Override
        public boolean tryAcquire(ErrorKind kind) {
            return left-- > 0;
        }

        @Override
        public void succeeded() {}

        @Override
        public double retriesLeft() {
            return Math.max(0, left);
        }
    }

    private static Scenario failing(Load load) {
        return Scenario.builder("failing")
                .duration(Duration.ofSeconds(20))
                .service(Service.named("store").workers(100).failures(1, 500))
                .load(load)
                .build();
    }

    private static long retries(Load load) {
        SimulationResult result = Simulation.simulate(failing(load), TWICE, 1, THREE);
        return result.attempts() - result.calls();
    }

    @Test
    void budget_ofEachClient_isANewOne_insteadOfThePolicys() {
        assertThat(retries(LOAD)).isEqualTo(21);
        assertThat(retries(LOAD.sharingBudget())).isEqualTo(3);
    }

    @Test
    void factory_isCalledOnceForEachClient_andServerThatCalls_withTheTimeOfTheRun() {
        List<TimeSource> times = new ArrayList<>();
        CustomBudget counted = new CustomBudget("counted", time -> {
            times.add(time);
            return new Fixed(0);
        });
        Scenario chain = Scenario.builder("chain")
                .duration(Duration.ofSeconds(5))
                .service(Service.named("web").workers(100).replicas(3).calls("store"))
                .service(Service.named("store"))
                .load(Load.even("web", 5).clients(7))
                .build();
        SimulationResult result = Simulation.simulate(chain, TWICE, 1, counted);
        assertThat(times).hasSize(10);
        assertThat(times.get(0).nanoTime()).isGreaterThanOrEqualTo(5_000_000_000L);
        assertThat(result.customBudget()).hasValue("counted");
    }

    @Test
    void policysBudget_madeByAFactory_givesTheSameRun() {
        BudgetSpec spec = RetryPolicy.defaults().budget();
        CustomBudget same = new CustomBudget("same", time -> RetryBudgets.of(spec));
        Scenario scenario = BuiltIn.named("circuit-breaker").scenario(Map.of("breaker", "none"));
        SimulationResult policys = Simulation.simulate(scenario, RetryPolicy.defaults(), 3);
        SimulationResult custom = Simulation.simulate(scenario, RetryPolicy.parse("budget=off"), 3, same);
        assertThat(custom.series()).isEqualTo(policys.series());
        assertThat(custom.stopReasons()).isEqualTo(policys.stopReasons());
        assertThat(policys.customBudget()).isEmpty();
    }

    @Test
    void comparison_usesIt_forThePolicyOfThatName() {
        Map<String, RetryPolicy> policies = new LinkedHashMap<>();
        policies.put("off", TWICE);
        policies.put("mine", TWICE);
        Scenario scenario = failing(LOAD);
        List<PolicySummary> summaries = Comparison.of(scenario, policies)
                .budget("mine", THREE)
                .seeds(1, 2)
                .run(() -> {});
        assertThat(summaries.get(0).mean(SimulationResult::amplification)).isEqualTo(2);
        assertThat(summaries.get(1).mean(result -> result.attempts() - result.calls()))
                .isEqualTo(21);
        assertThat(summaries)
                .extracting(PolicySummary::customBudget)
                .map(name -> name.orElse(""))
                .containsExactly("", "three");
    }

    @Test
    void whatCannotBeUsed_isRefused() {
        Comparison comparison = Comparison.of(failing(LOAD), Map.of("mine", TWICE));
        assertThatThrownBy(() -> comparison.budget("mein", THREE))
                .hasMessage("budget: unknown policy 'mein'; use one of mine");
        assertThatThrownBy(() -> new CustomBudget("", time -> new Fixed(1)))
                .hasMessage("budget '': it needs a name that reports can show");
        CustomBudget none = new CustomBudget("none", time -> nothing());
        assertThatThrownBy(() -> Simulation.simulate(failing(LOAD), TWICE, 1, none))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("budget 'none': its factory returned null; return a new budget for each client");
    }

    @Test
    void budgetThatThrows_endsTheRun_insteadOfBeingMeasuredAsOneThatGrantsNothing() {
        CustomBudget broken = new CustomBudget("broken", time -> new RetryBudget() {
            @Override
            public boolean tryAcquire(ErrorKind kind) {
                throw new IllegalStateException("no tokens file");
            }

            @Override
            public void succeeded() {}

            @Override
            public double retriesLeft() {
                return 1;
            }
        });
        assertThatThrownBy(() -> Simulation.simulate(failing(LOAD), TWICE, 1, broken))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("budget 'broken' threw java.lang.IllegalStateException: no tokens file; a budget must not"
                        + " throw");
    }

    @SuppressWarnings("NullAway") // what is tested
    private static RetryBudget nothing() {
        return null;
    }
}
