package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Admission;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.ConcurrencyLimit;
import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.InvalidScenarioException;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server does against too many requests. */
class AdmissionTest {

    private static final RetryPolicy ONCE = RetryPolicy.parse("max-attempts=1");

    /** A request every half a millisecond to a server that takes a millisecond for each. */
    private static SimulationResult overloaded(UnaryOperator<Service> protection, RetryPolicy policy, Fault... faults) {
        Service store = Service.named("store").serviceTime(Distribution.constant(Duration.ofMillis(1)));
        var builder = Scenario.builder("overloaded")
                .duration(Duration.ofSeconds(10))
                .service(protection.apply(store))
                .load(Load.even("store", 2_000).clients(100));
        List.of(faults).forEach(builder::fault);
        return Simulation.simulate(builder.build(), policy);
    }

    @Test
    void concurrencyLimit_followsAQueueThatIsSteppedByHand() {
        long work = 1_000_777; // no request leaves when another comes
        Duration latency = Duration.ofMillis(20);
        SimulationResult result = overloaded(
                store -> store.serviceTime(Distribution.constant(Duration.ofNanos(work)))
                        .concurrencyLimit(ConcurrencyLimit.aimd(latency)),
                ONCE);
        int limit = 10;
        long served = 0;
        long longest = 0;
        long free = 0;
        Deque<long[]> inside = new ArrayDeque<>();
        for (int n = 0; n <= 20_000; n++) {
            long now = n == 20_000 ? Long.MAX_VALUE : 250_000 + n * 500_000L;
            while (!inside.isEmpty() && inside.getFirst()[1] < now) {
                long[] gone = inside.removeFirst();
                long stayed = gone[1] - gone[0];
                longest = Math.max(longest, stayed);
                served++;
                if (stayed > latency.toNanos()) {
                    limit = Math.max(1, Math.min(limit - 1, (int) (0.9 * limit)));
                } else if (2 * gone[2] >= limit) {
                    limit++;
                }
            }
            if (inside.size() < limit && n < 20_000) {
                free = Math.max(free, now) + work;
                inside.addLast(new long[] {now, free, inside.size() + 1});
            }
        }
        assertThat(result.calls()).isEqualTo(20_000);
        assertThat(result.succeeded()).isEqualTo(served);
        assertThat(result.latency(100).toNanos() / (double) longest).isCloseTo(1, within(0.001));
        // Every sample that is late lowers it, so it swings far; but the server is busy, and twice the latency is the
        // most.
        assertThat(served).isBetween(9_800L, 10_000L);
        assertThat(longest).isLessThan(2 * latency.toNanos() + 2 * work);
    }

    @Test
    void concurrencyLimit_beginsAnew_whenTheServerWasDown() {
        Fault down = Fault.down("store").at(Duration.ofMillis(5_000)).duration(Duration.ofMillis(100));
        SimulationResult result =
                overloaded(store -> store.concurrencyLimit(ConcurrencyLimit.aimd(Duration.ofMillis(20))), ONCE, down);
        // What was inside is lost; a limit that still counted it would let fewer in, until it let in none.
        assertThat(result.goodputAfter()).isCloseTo(1_000, within(20.0));
    }

    @ParameterizedTest
    @CsvSource({"queue, 0.84", "lifo, 0.84", "aimd, 0.82"})
    void overload_isOver_withTheLoad_whereTheServerRejects(String protection, double atLeast) {
        assertThat(ofScenario("none", protection)).isBetween(atLeast, 0.86);
        assertThat(ofScenario("respite", protection)).isBetween(atLeast, 0.86);
    }

    @Test
    void overload_lastsAfterTheLoad_whereTheServerRejectsNothing_orRetriesHaveNoBudget() {
        assertThat(ofScenario("none", "none")).isLessThan(0.3);
        assertThat(ofScenario("naive", "none")).isLessThan(0.3);
    }

    private static double ofScenario(String policy, String protection) {
        BuiltIn scenario = BuiltIn.named("overload");
        SimulationResult result = Simulation.simulate(
                scenario.scenario(Map.of("protection", protection)),
                Objects.requireNonNull(scenario.policies().get(policy)));
        return result.succeeded() / (double) result.calls();
    }

    private static List<Long> order(int newestFirstAbove) {
        SimTime time = new SimTime(1);
        Service store = Service.named("store").newestFirstAbove(newestFirstAbove);
        NetworkLink wire = new NetworkLink(Distribution.constant(Duration.ZERO), 0, time, 1);
        EventTap closed = new EventTap(SimulationListener.NONE, time);
        SimulatedServer server =
                new Replicas(store, List.of(), time, 1, closed).servers().get(0);
        List<Long> ended = new ArrayList<>();
        for (long number = 1; number <= 7; number++) {
            long which = number;
            SimulatedRequest request = new SimulatedRequest(
                    wire, server, 1, SimulatedRequest.InContext.NONE, SimulatedRequest.Ending.UNOBSERVED);
            var unused = request.whenComplete((response, failure) -> ended.add(which));
            request.send();
        }
        time.runAll();
        return ended;
    }

    @Test
    void discipline_isTheOrderOfThoseThatWait() {
        assertThat(order(Service.UNLIMITED)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(order(0)).containsExactly(1L, 7L, 6L, 5L, 4L, 3L, 2L);
        // Six wait, then five, then four, which are more than three; then the oldest of three.
        assertThat(order(3)).containsExactly(1L, 7L, 6L, 5L, 2L, 3L, 4L);
    }

    private static final String FILE = """
            services:
              store:
                discipline: lifo
                concurrency-limit: aimd 100ms
                refuse-retries: 150ms
            load:
              to: store
              arrivals: even 5/s
            """;

    @ParameterizedTest
    @CsvSource({"fifo", "lifo", "adaptive-lifo 50"})
    void file_saysTheDiscipline_asItIsPrinted(String text) {
        Scenario read = ScenarioFile.parse(FILE.replace("lifo", text));
        if (text.equals("fifo")) {
            assertThat(ScenarioFile.yaml(read)).doesNotContain("discipline");
        } else {
            assertThat(ScenarioFile.yaml(read)).contains("discipline: " + text + "\n");
        }
    }

    @Test
    void file_hasTheQueueLimitOfRetries_whichASettingReplaces() {
        Scenario read = ScenarioFile.parse(FILE);
        assertThat(read.service("store").refuseRetries()).contains(Duration.ofMillis(150));
        assertThat(ScenarioFile.yaml(read)).contains("    refuse-retries: 150ms\n");
        String without = FILE.replace("    refuse-retries: 150ms\n", "");
        assertThat(ScenarioFile.parse(without).service("store").refuseRetries()).isEmpty();
        assertThat(ScenarioFile.parse("scenario", without, Map.of("services.store.refuse-retries", "100ms"))
                        .service("store")
                        .refuseRetries())
                .contains(Duration.ofMillis(100));
    }

    @Test
    void file_saysTheShortForms() {
        Admission admission = ScenarioFile.parse(FILE).service("store").admission();
        assertThat(admission.newestFirstAbove()).isZero();
        assertThat(admission.concurrencyLimit()).contains(ConcurrencyLimit.aimd(Duration.ofMillis(100)));
        String printed = admission.concurrencyLimit().orElseThrow().toString();
        assertThat(printed).isEqualTo("aimd 100ms from 10 by 0.9");
        assertThat(ScenarioFile.parse(FILE.replace("aimd 100ms", printed))
                        .service("store")
                        .admission())
                .isEqualTo(admission);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lifo | lifoo | line 3, services.store.discipline: unknown word 'lifoo'; did you mean 'lifo'?",
                "lifo | fifo 5 | line 3, services.store.discipline: 'fifo 5': fifo has nothing behind it",
                "lifo | adaptive-lifo | line 3, services.store.discipline: 'adaptive-lifo': expected adaptive-lifo 50: newest first while more than 50 wait",
                "aimd 100ms | gradient 100ms | line 4, services.store.concurrency-limit: unknown word 'gradient'; use one of aimd",
                "aimd 100ms | aimd 100ms from 10 | line 4, services.store.concurrency-limit: 'aimd 100ms from 10': expected aimd 100ms, or aimd 100ms from 10 by 0.9: the latency, the first limit, the factor of a decrease",
                "aimd 100ms | aimd 100ms of 10 by 0.9 | line 4, services.store.concurrency-limit: unknown word 'of'; use one of from",
                "aimd 100ms | aimd 100ms from 10 to 0.9 | line 4, services.store.concurrency-limit: unknown word 'to'; use one of by",
                "aimd 100ms | aimd 100ms from 0 by 0.9 | line 4, services.store.concurrency-limit: concurrency-limit from 0: must be from 1 to 1000000",
                "150ms | 150 | line 5, services.store.refuse-retries: '150': expected a time such as 10ms, 1.5s or 2m",
                "150ms | 0 | line 5, services.store.refuse-retries: refuse-retries in milliseconds 0: must be from 1 to 60000",
                "refuse-retries | refuse-retry | line 5: unknown key 'refuse-retry'; did you mean 'refuse-retries'?",
                "aimd 100ms | aimd 100ms from 10 by 1 | line 4, services.store.concurrency-limit: concurrency-limit by 1: must be from 0.5 to 0.99"
            })
    void file_thatIsWrong_isRefused_withItsLine(String right, String wrong, String message) {
        assertThat(FILE).contains(right);
        assertThatThrownBy(() -> ScenarioFile.parse(FILE.replace(right, wrong)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("scenario, " + message);
    }
}
