package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.Downstream;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies, budgets and loads of single layers. */
class LayersTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");
    private static final RetryPolicy FOUR =
            RetryPolicy.parse("max-attempts=4 budget=off nested=retry backoff=immediate total-timeout=1m");

    private static Service failing() {
        return Service.named("store").workers(100).failures(1, 500);
    }

    private static Service web() {
        return Service.named("web").workers(100).calls("store");
    }

    private static SimulationResult run(RetryPolicy policy, Load load, Service... services) {
        var builder =
                Scenario.builder("layers").duration(Duration.ofSeconds(20)).load(load);
        List.of(services).forEach(builder::service);
        return Simulation.simulate(builder.build(), policy);
    }

    @Test
    void policyOfALayer_isItsOwn_andTheRunsThatOfTheOthers() {
        Load load = Load.even("web", 50);
        assertThat(run(FOUR, load, web(), failing()).amplification()).isEqualTo(16);
        assertThat(run(FOUR, load, web().policy(ONCE), failing()).amplification())
                .isEqualTo(4);
        assertThat(run(FOUR, load.policy(ONCE), web(), failing()).amplification())
                .isEqualTo(4);
        assertThat(run(ONCE, load.policy(FOUR), web(), failing()).amplification())
                .isEqualTo(4);
        assertThat(run(ONCE, load, web().policy(FOUR), failing()).amplification())
                .isEqualTo(4);
    }

    @Test
    void policyOfALayer_hasTheTimeoutOfTheLayer_andTheRulesOfResponses() {
        Load load = Load.even("store", 50).policy(FOUR).timeout(Duration.ofMillis(50));
        Service other = web().calls("spare");
        Service spare = Service.named("spare");
        SimulationResult silent =
                run(ONCE, load, Service.named("store").workers(1_000).silences(1), other, spare);
        assertThat(silent.amplification()).isEqualTo(4);
        SimulationResult fatal =
                run(ONCE, load, Service.named("store").workers(1_000).failures(1, 501), other, spare);
        assertThat(fatal.amplification()).isEqualTo(1);
    }

    @Test
    void groups_haveAPolicyAndAServiceOfTheirOwn() {
        ClientGroup web = ClientGroup.of("web", Arrivals.even(50));
        ClientGroup batch =
                ClientGroup.of("batch", Arrivals.even(20)).to("store").policy(FOUR);
        SimulationResult result =
                run(ONCE, Load.of("web", List.of(web, batch)).timeout(Duration.ofSeconds(1)), web(), failing());
        assertThat(result.groups()).extracting(GroupResult::calls).containsExactly(1_000.0, 400.0);
        assertThat(result.groups()).extracting(GroupResult::attempts).containsExactly(1_000.0, 1_600.0);
        assertThat(result.attempts()).as("at the store").isEqualTo(1_000 + 1_600);
        assertThat(result.stopReasons().values().stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .as("ends of calls of both")
                .isEqualTo(1_400);
        SimulationResult healthy = run(
                ONCE,
                Load.of("web", List.of(web, batch)),
                web(),
                Service.named("store").workers(100));
        assertThat(healthy.succeeded()).isEqualTo(1_400);
    }

    @Test
    void budgetOfALayer_isOfEachServer_orOfAll() {
        RetryPolicy ten = RetryPolicy.parse("max-attempts=2 budget=10%");
        Load load = Load.even("web", 50).policy(ONCE);
        SimulationResult own = run(ten, load, web().replicas(3), failing());
        SimulationResult shared = run(ten, load, web().replicas(3).sharingBudget(), failing());
        // A new budget of 10 % has ten retries; nothing is paid in.
        assertThat(own.attempts() - own.calls()).isEqualTo(30);
        assertThat(shared.attempts() - shared.calls()).isEqualTo(10);
        SimulationResult itsOwn = run(FOUR, load, web().replicas(3).policy(ten).sharingBudget(), failing(), idle());
        assertThat(itsOwn.groups().get(0).attempts()).isEqualTo((double) itsOwn.calls());
        assertThat(itsOwn.attempts() - itsOwn.calls()).isEqualTo(10);
    }

    /** A service that makes calls under the policy of the run, if it is called. */
    private static Service idle() {
        return Service.named("idle").calls("store");
    }

    private static final String FILE = """
            services:
              web:
                workers: 9
                calls: store
                policy: max-attempts=1 budget=off
                budget: shared
              store:
            load:
              to: web
              groups:
                - name: users
                  arrivals: even 5/s
                - name: batch
                  to: store
                  arrivals: even 2/s
                  policy: max-attempts=4 base-delay=50ms
            """;

    @Test
    void file_saysWhatIsOfALayer() {
        Scenario scenario = ScenarioFile.parse(FILE);
        Downstream next = scenario.service("web").downstream().orElseThrow();
        assertThat(next.policy()).contains(RetryPolicy.parse("max-attempts=1 budget=off"));
        assertThat(next.sharedBudget()).isTrue();
        List<ClientGroup> groups = scenario.load().groups();
        assertThat(groups.get(0).policy()).isEmpty();
        assertThat(scenario.load().target(groups.get(0))).isEqualTo("web");
        assertThat(scenario.load().target(groups.get(1))).isEqualTo("store");
        assertThat(groups.get(1).policy()).contains(RetryPolicy.parse("max-attempts=4 base-delay=50ms"));
        Scenario simple = ScenarioFile.parse(
                "services: {a: {calls: b}, b: }\nload: {to: a, arrivals: even 5/s, policy: max-attempts=1}");
        assertThat(simple.load().groups().get(0).policy()).contains(ONCE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "max-attempts=1 | max-attempt=1 | scenario, line 5, services.web.policy: unknown key 'max-attempt'; did you mean 'max-attempts'?",
                "policy: max-attempts=4 | policy: max-attempts=0 | scenario, line 16, load.groups.1.policy: max-attempts=0: expected a whole number from 1 to 1000000000, such as 3",
                "budget: shared | budget: common | scenario, line 6, services.web.budget: unknown word 'common'; use one of own, shared",
                "calls: store | timeout: 1s | scenario, line 4, services.web.timeout: it limits the calls of this service, and it makes none",
                "calls: store | queue: 9 | scenario, line 5, services.web.policy: this is about the calls of 'web', which makes none; say first which service it calls",
                "to: store | to: stor | scenario, line 14, load.groups.1.to: unknown service 'stor'; did you mean 'store'?"
            })
    void file_thatIsWrong_isRefused_withItsLine(String right, String wrong, String message) {
        assertThat(FILE).contains(right);
        assertThatThrownBy(() -> ScenarioFile.parse(FILE.replace(right, wrong)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(message);
    }

    @Test
    void scenario_inWhichNoCallIsUnderThePolicyOfTheRun_isRefused() {
        assertThatThrownBy(() -> run(ONCE, Load.even("web", 5).policy(ONCE), web().policy(ONCE), failing()))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(
                        "all calls have a policy of their own, so the policies of a run have no effect; leave out the"
                                + " policy of a service, of the load or of a group");
    }
}
