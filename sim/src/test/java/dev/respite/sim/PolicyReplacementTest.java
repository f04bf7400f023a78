package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.ScenarioFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A policy that is replaced while a run goes on. */
class PolicyReplacementTest {

    private static final RetryPolicy THREE_RETRIES =
            RetryPolicy.parse("max-attempts=4 backoff=exponential base-delay=100ms jitter=none budget=off");
    private static final Duration REPLACED = Duration.ofSeconds(30);

    private static final Scenario OUTAGE = outage("60s");

    /** A service at 93 % of its capacity, whose queue is bounded. */
    private static Scenario outage(String duration) {
        return ScenarioFile.parse("outage", """
                name: outage
                duration: 60s
                services:
                  store: {workers: 3, service-time: exponential 10ms, queue: 450}
                load: {to: store, arrivals: poisson 280/s, clients: 20, timeout: 1s}
                faults:
                  - {down: store, at: 10s, for: 10s}
                """, Map.of("duration", duration));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void run_untilThePolicyIsReplaced_isTheSameAsWithoutReplacement(int seed) {
        Scenario outage = outage("33s");
        List<SimulationEvent> replaced = events(outage, THREE_RETRIES, RetryPolicy.defaults(), seed);
        List<SimulationEvent> kept = events(outage, THREE_RETRIES, THREE_RETRIES, seed);

        List<SimulationEvent> before = until(REPLACED, replaced);
        // The lists are too long for a report of their differences.
        assertThat(before.equals(until(REPLACED, kept))).isTrue();
        assertThat(before.size()).isBetween(80_000, replaced.size() - 2_000);
        assertThat(replaced.equals(kept)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void serviceThatRetriesKeepDown_comesBackAfterTheDefaultPolicyReplacesThem(int seed) {
        SimulationResult kept = Simulation.simulate(OUTAGE, THREE_RETRIES, seed);
        SimulationResult replaced = Simulation.observe(
                OUTAGE,
                new TreeMap<>(Map.of(Duration.ZERO, THREE_RETRIES, REPLACED, RetryPolicy.defaults())),
                seed,
                SimulationListener.NONE);

        assertThat(kept.series().goodput().subList(30, 60)).allMatch(calls -> calls < 28);
        assertThat(replaced.series().goodput().subList(54, 60)).allMatch(calls -> calls > 200);
    }

    @Test
    void layers_withoutAPolicyOfTheirOwn_haveTheNewOne() {
        Scenario stack = BuiltIn.named("deep-stack").scenario(Map.of("ratio", "100%"));
        List<SimulationEvent> events = events(
                stack,
                RetryPolicy.parse("max-attempts=1"),
                RetryPolicy.parse("max-attempts=2 budget=off nested=retry"),
                1);

        assertThat(mostAttempts(until(REPLACED, events))).isEqualTo(1);
        assertThat(mostAttempts(events)).isEqualTo(2);
        assertThat(events.stream()
                        .filter(event -> event instanceof SimulationEvent.CallEvent step
                                && step.attempt() == 2
                                && !step.call().layer().isFront()))
                .isNotEmpty();
    }

    @Test
    void policies_thatDoNotBeginAtZero_areRejected() {
        SortedMap<Duration, RetryPolicy> late = new TreeMap<>(Map.of(REPLACED, THREE_RETRIES));
        assertThatThrownBy(() -> Simulation.observe(OUTAGE, late, 1, SimulationListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("policies at [PT30S]: the first must be at zero");
    }

    private static List<SimulationEvent> events(Scenario scenario, RetryPolicy first, RetryPolicy then, int seed) {
        List<SimulationEvent> events = new ArrayList<>();
        Simulation.observe(scenario, new TreeMap<>(Map.of(Duration.ZERO, first, REPLACED, then)), seed, events::add);
        return events;
    }

    private static List<SimulationEvent> until(Duration end, List<SimulationEvent> events) {
        return events.stream().filter(event -> event.nanos() < end.toNanos()).toList();
    }

    private static int mostAttempts(List<SimulationEvent> events) {
        return events.stream()
                .mapToInt(event -> event instanceof SimulationEvent.CallEvent step ? step.attempt() : 0)
                .max()
                .orElse(0);
    }
}
