package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scenarios whose parts do not fit together. */
class ScenarioBuilderTest {

    private static final Load LOAD = Load.even("store", 5);
    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");

    private static ScenarioBuilder builder() {
        return Scenario.builder("shop")
                .service(Service.named("web").calls("store"))
                .service(Service.named("store").replicas(2));
    }

    private static void assertRejected(ScenarioBuilder builder, String message) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(message);
    }

    @Test
    void build_unknownService_isRejectedWhereverItIsNamed() {
        String unknown = "unknown service 'stor'; did you mean 'store'?";

        assertRejected(builder().load(Load.even("stor", 5)), unknown);
        ClientGroup group = ClientGroup.of("all", Arrivals.even(5));
        assertRejected(builder().load(Load.of("stor", List.of(group.to("store")))), unknown);
        assertRejected(builder().load(Load.of("store", List.of(group.to("stor")))), unknown);
        assertRejected(builder().load(LOAD).fault(Fault.down("stor")), unknown);
        assertRejected(builder().load(LOAD).service(Service.named("edge").calls("stor")), unknown);
    }

    @Test
    void build_withoutLoad_isRejected() {
        assertRejected(builder(), "there is no load: say which service is called, and how often");
    }

    @Test
    void build_faultThatNothingMeets_isRejected() {
        ScenarioBuilder loaded = builder().load(LOAD);
        loaded.fault(Fault.down("store").replica(2).at(Duration.ofMillis(59_999)));
        assertThat(loaded.build().faults()).hasSize(1);

        assertRejected(
                builder().load(LOAD).fault(Fault.down("store").at(Duration.ofSeconds(60))),
                "a fault at 1m is not before the end of the run (duration 1m)");
        for (int number : new int[] {0, 3}) {
            assertRejected(
                    builder().load(LOAD).fault(Fault.down("store").replica(number)),
                    "replica " + number
                            + ": 'store' has 2, numbered from 1; give it more replicas, or name one of these");
        }
    }

    @Test
    void build_servicesThatCallInACircle_areRejected() {
        assertRejected(
                Scenario.builder("circle")
                        .service(Service.named("a").calls("b"))
                        .service(Service.named("b").calls("a"))
                        .load(Load.even("a", 5)),
                "'a' calls itself in the end");
    }

    @Test
    void service_ofTheSameName_isRejected() {
        assertThatThrownBy(() -> builder().service(Service.named("store")))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("two services are called 'store'");
    }

    @Test
    void build_policyOfItsOwnForAllCalls_isRejected() {
        ScenarioBuilder all = Scenario.builder("own")
                .service(Service.named("web").calls("store").policy(ONCE))
                .service(Service.named("store"));

        assertRejected(
                all.load(Load.even("web", 5).policy(ONCE)),
                "all calls have a policy of their own, so the policies of a run have no effect; leave out the policy of a"
                        + " service, of the load or of a group");
        assertThat(all.load(Load.even("web", 5)).build().load().groups()).hasSize(1);
        assertThat(builder()
                        .load(Load.even("web", 5).policy(ONCE))
                        .build()
                        .load()
                        .groups())
                .hasSize(1);
    }
}
