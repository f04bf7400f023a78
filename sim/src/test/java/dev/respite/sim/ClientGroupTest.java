package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.BreakerSpec;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads of several groups of clients. */
class ClientGroupTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");
    private static final RetryPolicy TWICE = RetryPolicy.parse("max-attempts=2 budget=10%");
    private static final ClientGroup WEB =
            ClientGroup.of("web", Arrivals.poisson(100)).clients(20);
    private static final ClientGroup BATCH = ClientGroup.of("batch", Arrivals.even(30));

    private static final String FILE = """
            services:
              store:
                workers: 100
                failures: 100% 500
            load:
              to: store
              timeout: 1s
              groups:
                - name: web
                  arrivals: poisson 100/s
                  clients: 20
                - name: batch
                  arrivals: even 30/s
                  clients: 3
                  clients-order: turn
                  budget: shared
            """;

    private static Scenario scenario(Service store, ClientGroup... groups) {
        return Scenario.builder("groups")
                .duration(Duration.ofSeconds(60))
                .service(store)
                .load(Load.of("store", List.of(groups)).timeout(Duration.ofSeconds(1)))
                .fault(Fault.errors("store", 0.5).at(Duration.ofSeconds(20)).duration(Duration.ofSeconds(10)))
                .build();
    }

    private static Service store() {
        return Service.named("store").workers(100);
    }

    private static List<Long> times(ClientGroup group) {
        SimTime time = new SimTime(4);
        List<Long> times = new ArrayList<>();
        new Traffic(group, time, 10_000_000_000L, 4, user -> times.add(time.nanoTime())).start();
        time.runAll();
        return times;
    }

    @Test
    void groups_areCountedForThemselves_andTogether() {
        SimulationResult result = Simulation.simulate(scenario(store(), WEB, BATCH), RetryPolicy.defaults());
        assertThat(result.groups()).extracting(GroupResult::name).containsExactly("web", "batch");
        assertThat(result.groups().stream().mapToDouble(GroupResult::calls).sum())
                .isEqualTo((double) result.calls());
        assertThat(result.groups().stream().mapToDouble(GroupResult::succeeded).sum())
                .isEqualTo((double) result.succeeded());
        assertThat(result.groups().stream().mapToDouble(GroupResult::attempts).sum())
                .isEqualTo((double) result.attempts());
        assertThat(result.groups().get(1).calls()).isEqualTo(1_800);
        assertThat(result.groups().get(0).calls() / 6_000.0).isCloseTo(1, within(0.05));
    }

    @Test
    void budgets_ofAGroup_areItsOwn() {
        Service failing = store().failures(1, 500);
        SimulationResult result =
                Simulation.simulate(scenario(failing, WEB, BATCH.clients(3).sharingBudget()), TWICE);
        // Full buckets of 10 tokens: one for each of the twenty, and one for all three.
        assertThat(result.groups())
                .extracting(group -> group.attempts() - group.calls())
                .containsExactly(200.0, 10.0);
    }

    @Test
    void sharedBudgets_ofTwoGroups_areTwo() {
        Service failing = store().failures(1, 500);
        SimulationResult result = Simulation.simulate(
                scenario(failing, WEB.sharingBudget(), BATCH.clients(3).sharingBudget()), TWICE);
        assertThat(result.groups())
                .extracting(group -> group.attempts() - group.calls())
                .containsExactly(10.0, 10.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"poisson", "closed"})
    void arrivals_ofAGroup_dependOnItsNameOnly(String kind) {
        Arrivals arrivals = kind.equals("poisson")
                ? Arrivals.poisson(50)
                : Arrivals.closed(5, Distribution.exponential(Duration.ofMillis(100)));
        ClientGroup web = ClientGroup.of("web", arrivals);
        assertThat(times(web)).isEqualTo(times(web.clients(500).sharingBudget()));
        assertThat(times(web)).isNotEqualTo(times(ClientGroup.of("batch", arrivals)));
    }

    @Test
    void otherGroups_andTheirOrder_leaveTheCallsOfAGroupAsTheyAre() {
        double alone = Simulation.simulate(scenario(store(), WEB), ONCE)
                .groups()
                .get(0)
                .calls();
        SimulationResult first = Simulation.simulate(scenario(store(), WEB, BATCH), ONCE);
        SimulationResult last = Simulation.simulate(scenario(store(), BATCH, WEB), ONCE);
        assertThat(first.groups().get(0).calls()).isEqualTo(alone);
        assertThat(last.groups().get(1).calls()).isEqualTo(alone);
        assertThat(first.series().calls()).isEqualTo(last.series().calls());
    }

    @Test
    void shortForm_isOneGroupCalledAll() {
        Load load = Load.poisson("store", 100).clients(20);
        assertThat(load)
                .isEqualTo(Load.of(
                        "store",
                        List.of(ClientGroup.of("all", Arrivals.poisson(100)).clients(20))));
        assertThat(load.hasGroups()).isFalse();
        assertThat(load.arrivals()).isEqualTo("poisson 100/s");
        assertThat(Load.of("store", List.of(WEB)).hasGroups()).isTrue();
        assertThat(Load.of("store", List.of(WEB, BATCH)).arrivals()).isEqualTo("web poisson 100/s + batch even 30/s");
    }

    @Test
    void sharedBreaker_isOneForAllGroups() {
        Load load = Load.of("store", List.of(WEB, BATCH));
        Service failing = store().failures(1, 500);
        BreakerSpec shared = BreakerSpec.shared(0.5, 20, Duration.ofHours(1));
        Scenario scenario = Scenario.builder("breaker")
                .service(failing)
                .load(load.breaker(shared))
                .build();
        SimulationResult result = Simulation.simulate(scenario, ONCE);
        // Open after twenty attempts of both together, and those that were under way by then.
        assertThat(result.attempts()).isBetween(20L, 25L);
        assertThat(result.groups())
                .allSatisfy(group -> assertThat(group.attempts()).isPositive());
    }

    @Test
    void groups_areInTheReport() {
        Scenario scenario = scenario(store(), WEB, BATCH.clients(3).inTurn());
        List<PolicySummary> summaries =
                Comparison.of(scenario, Map.of("once", ONCE)).seeds(1, 2).run(() -> {});
        PolicySummary once = summaries.get(0);
        assertThat(once.groups()).extracting(GroupResult::name).containsExactly("web", "batch");
        assertThat(once.groups().get(1))
                .isEqualTo(new GroupResult("batch", 1_800, once.groups().get(1).succeeded(), 1_800));
        assertThat(once.groups().get(1).successRatio()).isCloseTo(1 - 0.5 * 10 / 60, within(0.03));
        assertThat(once.groups().get(1).amplification()).isEqualTo(1);
    }

    @Test
    void file_andBuilder_ofTheSameGroups_areEqual() {
        ClientGroup batch = BATCH.clients(3).inTurn().sharingBudget();
        assertThat(ScenarioFile.parse(FILE).load())
                .isEqualTo(Load.of("store", List.of(WEB, batch)).timeout(Duration.ofSeconds(1)));
        Scenario set = ScenarioFile.parse("groups", FILE, Map.of("load.groups.1.clients", "7"));
        assertThat(set.load().groups().get(1).clients()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: batch | name: web | scenario, line 8, load.groups: two groups are called 'web'; rename one of them",
                "name: batch | names: batch | scenario, line 12: unknown key 'names'; did you mean 'name'?",
                "name: batch | clients: 4 | scenario, line 12, load.groups.1.name: it is missing",
                "timeout: 1s | clients: 5 | scenario, line 7, load.clients: this load has groups, each with a value of its own; write it below 'groups'",
                "timeout: 1s | arrivals: even 3/s | scenario, line 7, load.arrivals: this load has groups, each with a value of its own; write it below 'groups'",
                "clients: 20 | clients: 0 | scenario, line 11, load.groups.0.clients: clients 0: must be from 1 to 10000000",
                "clients: 20 | timeout: 1s | scenario, line 11: unknown key 'timeout'; use one of name, to, arrivals, clients, clients-order, budget, policy, attempt-number"
            })
    void wrongGroup_isRefused(String right, String wrong, String message) {
        String file = FILE.replace("      clients: 3\n", "");
        assertThat(file).contains(right);
        assertThatThrownBy(() -> ScenarioFile.parse(file.replace(right, wrong)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(message);
    }

    @Test
    void loadOfNoGroup_orOfTwoThatAreToHaveOtherClients_isRefused() {
        assertThatThrownBy(() -> Load.of("store", List.of()))
                .hasMessage("there is no group of clients; name at least one");
        assertThatThrownBy(() -> Load.of("store", List.of(WEB, BATCH)).clients(3))
                .hasMessage("clients: this load has 2 groups; say it of each of them");
        assertThatThrownBy(() -> ClientGroup.of(" ", Arrivals.even(1)))
                .hasMessage("name ' ': a group of clients needs one, such as web");
    }
}
