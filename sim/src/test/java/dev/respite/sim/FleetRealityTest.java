package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.report.Report;
import dev.respite.testsupport.RealTime;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The simulator against a fleet of clients in several real processes and a real bounded server. The short form runs in every
 * build; {@code bin/reality --fleet} runs the long one.
 */
@Tag("slow")
class FleetRealityTest {

    private static final String SCENARIO = "reality-fleet.yaml";
    private static final int PROCESSES = 4;

    /** The default budget before the present one. */
    private static final String BEFORE = "budget=success:0.5/20/10";

    private static final String DECLARED = "clients=200";

    private static final Map<String, String> POLICIES = new LinkedHashMap<>();

    static {
        POLICIES.put("none", "max-attempts=1");
        POLICIES.put("before", BEFORE);
        POLICIES.put("fleet", "");
        POLICIES.put("declared", DECLARED);
    }

    /** Less load, a shorter outage and fewer processes: what is asserted holds on a busy machine too. */
    private static final Map<String, String> SHORT = Map.of(
            "duration", "7s",
            "services.server.workers", "4",
            "services.server.queue", "300",
            "load.arrivals", "poisson 60/s",
            "load.timeout", "800ms",
            "faults.0.at", "2s",
            "faults.0.for", "3s");

    @Test
    void outage_ofAFleetInProcesses_endsAsInTheSimulator() throws Exception {
        RealTime.assertOnce(this::assertFleetRecovers);
    }

    private void assertFleetRecovers() throws IOException {
        Reality reality = Reality.of(SCENARIO, SHORT);
        List<String> policies = List.of(BEFORE, DECLARED);
        List<CompletableFuture<RealRun>> runs = policies.stream()
                .map(policy -> CompletableFuture.supplyAsync(
                        () -> reality.realInProcesses(policy, 1, 2), task -> new Thread(task).start()))
                .toList();
        List<SimulationResult> real =
                runs.stream().map(CompletableFuture::join).map(RealRun::result).toList();
        List<SimulationResult> simulated = policies.stream()
                .map(policy -> reality.simulated(RetryPolicy.parse(policy), 1))
                .toList();
        for (List<SimulationResult> results : List.of(simulated, real)) {
            SimulationResult before = results.get(0);
            SimulationResult declared = results.get(1);
            assertThat(last(before))
                    .as("goodput with the old default, in the end")
                    .isLessThan(20);
            assertThat(last(declared))
                    .as("goodput with the new default, in the end")
                    .isGreaterThan(40);
            assertThat(before.amplification()).isGreaterThan(1.5);
            assertThat(declared.amplification()).isLessThan(1.4);
        }
        for (int policy = 0; policy < policies.size(); policy++) {
            assertThat(real.get(policy).series().calls())
                    .as("calls in each second")
                    .isEqualTo(simulated.get(policy).series().calls());
        }
    }

    @Test
    void process_whoseParentEnds_endsToo() throws IOException, InterruptedException {
        Reality reality = Reality.of(SCENARIO, Map.of());
        try (RealService service = reality.service();
                FleetProcesses fleet = reality.processes("", 1, 1, service.uri())) {
            fleet.awaitReady();
            fleet.begin(Start.after(TimeSource.system(), Duration.ZERO));
            assertThat(fleet.endsWithItsInput(Duration.ofSeconds(20))).isTrue();
        }
    }

    /** The lines of a table of all calls; times are nanoseconds from the start of the run. */
    private static List<String> calls(Map<String, List<RealRun>> played) {
        List<String> lines = new ArrayList<>();
        lines.add("policy,seed,client,due,began,ended,succeeded");
        played.forEach((name, runs) -> runs.forEach(run -> {
            String start = name + "," + run.result().seed() + ",";
            run.calls().forEach(call -> lines.add(start + call.line().replace(' ', ',')));
        }));
        return lines;
    }

    /** Successes in a second, over the last two. */
    private static double last(SimulationResult result) {
        List<Double> goodput = result.series().goodput();
        return goodput.subList(goodput.size() - 2, goodput.size()).stream()
                .mapToDouble(n -> n)
                .average()
                .orElseThrow();
    }

    @Test
    void figures_sideBySide() throws IOException {
        int runs = Integer.getInteger("respite.reality.runs", 0);
        assumeTrue(runs > 0, "bin/reality --fleet runs the long form");
        long seed = Long.getLong("respite.reality.seed", 1);
        Path folder = Path.of(System.getProperty("respite.reality.out", "target"));
        long[] seeds = LongStream.range(seed, seed + runs).toArray();
        Reality reality = Reality.of(SCENARIO, Map.of());
        Map<String, List<RealRun>> played = new LinkedHashMap<>();
        for (long each : seeds) {
            POLICIES.forEach((name, policy) -> played.computeIfAbsent(name, first -> new ArrayList<>())
                    .add(reality.realInProcesses(policy, each, PROCESSES)));
        }
        RealityTable table = RealityTable.ofFleet();
        List<PolicySummary> summaries = new ArrayList<>();
        POLICIES.forEach((name, text) -> {
            RetryPolicy policy = RetryPolicy.parse(text);
            List<SimulationResult> simulated = LongStream.of(seeds)
                    .mapToObj(each -> reality.simulated(policy, each))
                    .toList();
            List<RealRun> real = played.get(name);
            List<SimulationResult> again = real.stream()
                    .map(run -> reality.simulated(policy, run.result().seed(), run.work()))
                    .toList();
            table.add(name, simulated, again, real);
            summaries.add(new PolicySummary(name + ", simulated", policy, simulated));
            summaries.add(new PolicySummary(
                    name + ", real", policy, real.stream().map(RealRun::result).toList()));
        });
        Files.writeString(folder.resolve("reality.md"), table.toString());
        Files.write(folder.resolve("calls.csv"), calls(played));
        Report.of(reality.scenario(), summaries, "").write(folder);
    }
}
