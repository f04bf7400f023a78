package consumer;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.*;
import dev.respite.sim.scenario.*;
import java.time.Duration;
import dev.respite.sim.scenario.Service;
import static dev.respite.sim.Simulation.simulate;
import static dev.respite.sim.SimulationAssert.assertThat;

/** Prints: never recovers */
final class Main {

    private Main() {}

    static void main(String[] args) throws Exception {
        // snippet docs/simulator.md
        Scenario outage = Scenario.builder("outage")
                .duration(Duration.ofSeconds(90))
                .service(Service.named("store").workers(3).serviceTime(Distribution.exponential(Duration.ofMillis(10))))
                .load(Load.poisson("store", 280).timeout(Duration.ofSeconds(1)))
                .fault(Fault.down("store").at(Duration.ofSeconds(20)).duration(Duration.ofSeconds(10)))
                .build();

        assertThat(simulate(outage, RetryPolicy.defaults()))
                .recoversWithin(Duration.ofSeconds(5))
                .amplifiesAtMost(1.1);

        SimulationResult careless = simulate(outage, RetryPolicy.parse("max-attempts=4 base-delay=50ms budget=off"));
        System.out.println(careless.recoverySeconds().isPresent() ? "recovers" : "never recovers");
        // end
    }
}
