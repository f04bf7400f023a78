package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.report.Report;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.testsupport.RealTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The simulator against real processes: a server, and the HTTP clients of production. The short form runs always; {@code
 * bin/reality} runs the long one and prints how far apart the two are.
 */
@Tag("slow")
class RealityTest {

    private static final Map<String, RetryPolicy> POLICIES =
            BuiltIn.named("metastable").policies();

    /** Half the server, little load, a short outage: what is asserted holds on a busy machine too. */
    private static final Map<String, String> SHORT = Map.of(
            "duration", "11s",
            "services.server.workers", "4",
            "services.server.queue", "200",
            "load.arrivals", "poisson 75/s",
            "load.timeout", "700ms",
            "faults.0.at", "3s",
            "faults.0.for", "3s");

    @Test
    void anOutage_endsInRealityAsItDoesInTheSimulator() throws Exception {
        RealTime.assertOnce(this::assertOutageEnds);
    }

    private void assertOutageEnds() throws IOException {
        Reality reality = Reality.of("reality.yaml", SHORT);
        List<RetryPolicy> policies = List.of(POLICIES.get("naive"), POLICIES.get("respite"));
        List<SimulationResult> simulated =
                policies.stream().map(policy -> reality.simulated(policy, 1)).toList();
        List<SimulationResult> real =
                reality.realAtOnce(policies, 1).stream().map(RealRun::result).toList();
        for (List<SimulationResult> results : List.of(simulated, real)) {
            SimulationResult naive = results.get(0);
            SimulationResult respite = results.get(1);
            assertThat(naive.calls())
                    .isEqualTo(respite.calls())
                    .isEqualTo(simulated.get(0).calls());
            assertThat(respite.goodputBefore()).isBetween(60.0, 80.0);
            assertThat(last(naive)).as("naive calls that succeed, in the end").isLessThan(35);
            assertThat(last(respite)).as("calls that succeed, in the end").isGreaterThan(50);
            assertThat(naive.amplification()).isGreaterThan(2);
            assertThat(respite.amplification()).isLessThan(1.2);
        }
        assertThat(real.get(0).amplification())
                .isBetween(
                        0.8 * simulated.get(0).amplification(),
                        1.2 * simulated.get(0).amplification());
    }

    /** Successes in a second, over the last four. */
    private static double last(SimulationResult result) {
        List<Double> goodput = result.series().goodput();
        return goodput.subList(goodput.size() - 4, goodput.size()).stream()
                .mapToDouble(n -> n)
                .average()
                .orElseThrow();
    }

    @Test
    void figures_sideBySide() throws IOException {
        int runs = Integer.getInteger("respite.reality.runs", 0);
        assumeTrue(runs > 0, "bin/reality runs the long form");
        long seed = Long.getLong("respite.reality.seed", 1);
        Path folder = Path.of(System.getProperty("respite.reality.out", "target"));
        long[] seeds = LongStream.range(seed, seed + runs).toArray();
        Reality outage = Reality.of("reality.yaml", Map.of());
        Reality calm = outage.calm(Duration.ofSeconds(12));
        Map<String, List<RealRun>> calmly = new LinkedHashMap<>();
        Map<String, List<RealRun>> really = new LinkedHashMap<>();
        for (long each : seeds) {
            List<RealRun> atOnce = calm.realAtOnce(List.copyOf(POLICIES.values()), each);
            int at = 0;
            for (Map.Entry<String, RetryPolicy> policy : POLICIES.entrySet()) {
                calmly.computeIfAbsent(policy.getKey(), name -> new ArrayList<>())
                        .add(atOnce.get(at++));
                really.computeIfAbsent(policy.getKey(), name -> new ArrayList<>())
                        .add(outage.real(policy.getValue(), each));
            }
        }
        RealityTable table = RealityTable.ofClients();
        POLICIES.forEach((name, policy) -> add(table, name, calm, calmly.get(name)));
        POLICIES.forEach((name, policy) -> add(table, name, outage, really.get(name)));
        List<PolicySummary> summaries = new ArrayList<>();
        POLICIES.forEach((name, policy) -> {
            summaries.add(new PolicySummary(name + ", simulated", policy, simulated(outage, policy, seeds)));
            summaries.add(new PolicySummary(name + ", real", policy, results(really.get(name))));
        });
        Files.writeString(folder.resolve("reality.md"), table.toString());
        Report.of(outage.scenario(), summaries, "").write(folder);
    }

    private static void add(RealityTable table, String name, Reality reality, List<RealRun> played) {
        RetryPolicy policy = POLICIES.get(name);
        long[] seeds = played.stream().mapToLong(run -> run.result().seed()).toArray();
        List<SimulationResult> again = played.stream()
                .map(run -> reality.simulated(policy, run.result().seed(), run.work()))
                .toList();
        table.add(name, simulated(reality, policy, seeds), again, played);
    }

    private static List<SimulationResult> results(List<RealRun> played) {
        return played.stream().map(RealRun::result).toList();
    }

    private static List<SimulationResult> simulated(Reality reality, RetryPolicy policy, long[] seeds) {
        return LongStream.of(seeds)
                .mapToObj(seed -> reality.simulated(policy, seed))
                .toList();
    }
}
