package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.SimulationEvent.BreakerChanged;
import dev.respite.sim.SimulationEvent.BreakerChanged.State;
import dev.respite.sim.SimulationEvent.Call;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.CallEvent;
import dev.respite.sim.scenario.Arrivals;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.ClientGroup;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import dev.respite.testsupport.Cases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a listener receives in a run. */
class SimulationListenerTest {

    private static final Map<String, RetryPolicy> POLICIES =
            BuiltIn.named("metastable").policies();

    static Stream<Arguments> runs() {
        List<Arguments> runs = new ArrayList<>();
        long seed = 1;
        for (BuiltIn builtIn : BuiltIn.all()) {
            for (String policy : POLICIES.keySet()) {
                runs.add(Arguments.of(builtIn.name(), policy, seed++));
            }
        }
        return Cases.of(runs).stream();
    }

    private static SimulationResult.Setting setting(String scenario, Map<String, String> given, long seed) {
        return new SimulationResult.Setting(BuiltIn.named(scenario).scenario(given), seed);
    }

    private static List<SimulationEvent> events(SimulationResult.Setting setting, RetryPolicy policy) {
        List<SimulationEvent> events = new ArrayList<>();
        SimulationResult unused = Simulation.observe(setting, policy, events::add);
        return events;
    }

    private static RetryPolicy policy(String name) {
        return Objects.requireNonNull(POLICIES.get(name));
    }

    private static <E extends SimulationEvent> List<E> of(List<SimulationEvent> events, Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Tag("cases")
    @ParameterizedTest
    @MethodSource("runs")
    void events_addUpToTheResult_whichIsThatOfARunWithoutAListener(String scenario, String policy, long seed) {
        SimulationResult.Setting setting = setting(scenario, Map.of(), seed);
        SimulationResult plain = Simulation.simulate(setting.scenario(), policy(policy), seed);
        EventCounts counts = new EventCounts(setting.scenario().focus().name());
        SimulationResult observed = Simulation.observe(setting, policy(policy), counts);

        assertThat(observed.series()).isEqualTo(plain.series());
        assertThat(observed.stopReasons()).isEqualTo(plain.stopReasons());
        assertThat(observed.attempts()).isEqualTo(plain.attempts());
        assertThat(observed.latency(99)).isEqualTo(plain.latency(99));

        int seconds = plain.series().calls().size();
        assertThat(EventCounts.first(counts.callsBySecond, seconds))
                .isEqualTo(plain.series().calls());
        assertThat(EventCounts.first(counts.goodputBySecond, seconds))
                .isEqualTo(plain.series().goodput());
        assertThat(EventCounts.first(counts.requestsBySecond, seconds))
                .isEqualTo(plain.series().requests());
        assertThat(counts.queue).isEqualTo(plain.series().queue());
        assertThat(counts.budget).isEqualTo(plain.series().budget());
        assertThat(counts.overloadBudget).isEqualTo(plain.series().overloadBudget());
        assertThat(counts.reasons).isEqualTo(plain.stopReasons());
        assertThat(counts.attemptsAtFocus).isEqualTo(plain.attempts());
        assertThat(counts.attemptsByCaller)
                .isEqualTo(Map.of("all", Math.round(plain.groups().get(0).attempts())));
        assertThat(counts.retriesByTenth.values().stream()
                        .mapToLong(Long::longValue)
                        .max()
                        .orElse(0))
                .isEqualTo(plain.peakRetriesPer100ms());
        assertThat(counts.wastedNanos).isEqualTo(plain.wastedWork().toNanos());
        assertThat((double) counts.longestSuccess)
                .isCloseTo((double) plain.latency(100).toNanos(), withinPercentage(0.2));
        if (setting.scenario().load().hedge().isEmpty()) {
            assertThat(counts.delayNanos).isEqualTo(plain.delays().toNanos());
            assertThat(counts.rejected).isEqualTo(plain.stopReasons().getOrDefault(StopReason.BUDGET_EXHAUSTED, 0L));
            assertThat(counts.hedges).isZero();
        }
    }

    @Test
    void events_ofACall_areInTheirOrder() {
        Map<Call, Integer> attempts = new HashMap<>();
        Map<Call, Integer> unanswered = new HashMap<>();
        long last = 0;
        for (SimulationEvent event : events(setting("deep-stack", Map.of("lasting", "3s"), 5), policy("naive"))) {
            assertThat(event.nanos()).isGreaterThanOrEqualTo(last);
            last = event.nanos();
            if (event instanceof CallEvent step) {
                switch (step.kind()) {
                    case STARTED -> assertThat(attempts.put(step.call(), 0)).isNull();
                    case ATTEMPT -> {
                        assertThat(step.attempt()).isEqualTo(attempts.merge(step.call(), 1, Integer::sum));
                        unanswered.merge(step.call(), 1, Integer::sum);
                    }
                    case RETRY_SCHEDULED, RETRY_REJECTED ->
                        assertThat(step.attempt()).isEqualTo(attempts.get(step.call()));
                    default ->
                        assertThat(unanswered.merge(step.call(), -1, Integer::sum))
                                .isZero();
                }
            } else if (event instanceof CallEnded ended) {
                assertThat(attempts.remove(ended.call())).isBetween(1, 4);
            }
        }
        assertThat(unanswered.keySet().stream().map(Call::layer).distinct())
                .containsExactlyInAnyOrder(
                        new SimulationEvent.Layer("all", "edge", true),
                        new SimulationEvent.Layer("edge", "middle", false),
                        new SimulationEvent.Layer("middle", "store", false));
        assertThat(attempts).isEmpty();
    }

    /** A store that is down answers with timeouts, which have an account of their own. */
    @Test
    void outage_emptiesTheOverloadAccount_andNotTheOther() {
        Series series = Simulation.simulate(setting("metastable", Map.of(), 1).scenario(), policy("respite"))
                .series();

        assertThat(series.overloadBudget().get(19)).isGreaterThan(0.5);
        assertThat(series.overloadBudget().get(28)).isLessThan(0.1);
        assertThat(series.budget().get(28)).isGreaterThan(0.5);
    }

    @Test
    void callsOfServices_nameTheCallWhoseRequestMadeThem() {
        Map<Long, Call> calls = new HashMap<>();
        Map<Long, Integer> requests = new HashMap<>();
        for (SimulationEvent event : events(setting("deep-stack", Map.of("lasting", "3s"), 5), policy("naive"))) {
            if (event instanceof CallEvent step && step.kind() == CallEvent.Kind.STARTED) {
                Call call = step.call();
                calls.put(call.number(), call);
                if (call.layer().isFront()) {
                    assertThat(call.parent()).isZero();
                } else {
                    assertThat(calls).containsKey(call.parent());
                    assertThat(Objects.requireNonNull(calls.get(call.parent()))
                                    .layer()
                                    .service())
                            .isEqualTo(call.layer().caller());
                    requests.merge(call.parent(), 1, Integer::sum);
                }
            }
        }
        // Each request of a call makes one call of the next service.
        assertThat(requests.values()).isNotEmpty().allMatch(count -> count <= 4).contains(1, 4);
    }

    @Test
    void attempts_thatAServerSheds_endRejected() {
        EventCounts counts = new EventCounts("store");
        Simulation.observe(setting("overload", Map.of("protection", "queue"), 1), policy("none"), counts);
        assertThat(counts.results.keySet())
                .contains(CallEvent.Kind.SERVED, CallEvent.Kind.REJECTED)
                .doesNotContain(CallEvent.Kind.FAILED);
    }

    @Test
    void layers_areThoseOfTheServiceThatAGroupCalls_underItsOwnPolicy() {
        Arrivals calls = Arrivals.even(10);
        RetryPolicy own = RetryPolicy.parse("max-attempts=3 budget=off");
        Scenario scenario = Scenario.builder("layers")
                .duration(Duration.ofSeconds(5))
                .service(Service.named("web").workers(100).calls("store").policy(own))
                .service(Service.named("store").workers(100).failures(1, 503))
                .load(Load.of(
                        "web",
                        List.of(
                                ClientGroup.of("users", calls),
                                ClientGroup.of("batch", calls).to("store").policy(own))))
                .build();
        List<SimulationEvent> events =
                events(new SimulationResult.Setting(scenario, 1), RetryPolicy.parse("max-attempts=1"));

        Map<SimulationEvent.Layer, Integer> attempts = new HashMap<>();
        of(events, CallEvent.class).stream()
                .filter(step -> step.kind() == CallEvent.Kind.ATTEMPT)
                .forEach(step -> attempts.merge(step.call().layer(), 1, Integer::sum));
        assertThat(attempts)
                .isEqualTo(Map.of(
                        new SimulationEvent.Layer("users", "web", true),
                        50,
                        new SimulationEvent.Layer("batch", "store", true),
                        150,
                        new SimulationEvent.Layer("web", "store", false),
                        150));
    }

    @Test
    void attempts_endAsTheServerAnswersThem() {
        EventCounts full = new EventCounts("service");
        Simulation.observe(setting("brownout", Map.of("load", "400"), 1), policy("none"), full);
        assertThat(full.results.keySet()).contains(CallEvent.Kind.SERVED, CallEvent.Kind.REJECTED);
        EventCounts down = new EventCounts("store");
        Simulation.observe(setting("metastable", Map.of(), 1), policy("none"), down);
        assertThat(down.results.keySet()).containsExactly(CallEvent.Kind.SERVED, CallEvent.Kind.TIMED_OUT);
        EventCounts errors = new EventCounts("store");
        Simulation.observe(setting("deep-stack", Map.of(), 1), policy("none"), errors);
        assertThat(errors.results.keySet()).containsExactly(CallEvent.Kind.SERVED, CallEvent.Kind.FAILED);
    }

    @Test
    void hedges_areMarked_andTheOneThatLosesIsCancelled() {
        EventCounts counts = new EventCounts("store");
        SimulationResult result = Simulation.observe(setting("tail", Map.of(), 1), policy("respite"), counts);
        assertThat(counts.hedges).isEqualTo(result.attempts() - result.calls()).isPositive();
        assertThat(counts.results.get(CallEvent.Kind.CANCELLED)).isEqualTo(counts.hedges);
    }

    @Test
    void breakers_beginClosed_andGoFromOneStateToAnother() {
        Map<Integer, State> states = new LinkedHashMap<>();
        Map<State, Set<State>> next = Map.of(
                State.CLOSED, Set.of(State.OPEN),
                State.OPEN, Set.of(State.HALF_OPEN),
                State.HALF_OPEN, Set.of(State.OPEN, State.CLOSED));
        List<BreakerChanged> changes =
                of(events(setting("circuit-breaker", Map.of(), 1), policy("naive")), BreakerChanged.class);
        for (BreakerChanged change : changes) {
            State before = states.put(change.breaker(), change.state());
            if (before == null) {
                assertThat(change).isEqualTo(new BreakerChanged(0, change.breaker(), State.CLOSED));
            } else {
                assertThat(next.get(before)).contains(change.state());
            }
        }
        assertThat(states.keySet()).hasSize(20).contains(1, 20);
        assertThat(changes).anySatisfy(change -> {
            assertThat(change.state()).isEqualTo(State.OPEN);
            assertThat(change.nanos()).isBetween(20_000_000_000L, 22_000_000_000L);
        });
        assertThat(of(
                        events(setting("circuit-breaker", Map.of("breaker", "shared"), 1), policy("naive")),
                        BreakerChanged.class))
                .extracting(BreakerChanged::breaker)
                .containsOnly(1);
    }

    @Test
    void samples_areAsFarApartAsTheListenerSays() {
        List<Long> times = new ArrayList<>();
        SimulationListener often = new SimulationListener() {
            @Override
            public void on(SimulationEvent event) {
                if (event instanceof SimulationEvent.QueueSampled sample) {
                    times.add(sample.nanos());
                }
            }

            @Override
            public Duration sampleInterval() {
                return Duration.ofMillis(300);
            }
        };
        Scenario scenario = Scenario.builder("short")
                .duration(Duration.ofSeconds(2))
                .service(Service.named("store"))
                .load(Load.even("store", 5))
                .build();
        SimulationResult.Setting setting = new SimulationResult.Setting(scenario, 1);
        Simulation.observe(setting, RetryPolicy.defaults(), often);
        assertThat(times)
                .containsExactly(
                        300_000_000L, 600_000_000L, 900_000_000L, 1_200_000_000L, 1_500_000_000L, 1_800_000_000L);

        SimulationListener tooOften = new SimulationListener() {
            @Override
            public void on(SimulationEvent event) {}

            @Override
            public Duration sampleInterval() {
                return Duration.ofNanos(999_999);
            }
        };
        assertThatThrownBy(() -> Simulation.observe(setting, RetryPolicy.defaults(), tooOften))
                .hasMessage("sample interval PT0.000999999S: it must be at least 1 ms; a shorter one would take longer"
                        + " than the run");
    }

    @Test
    void clients_areNumberedInTheirGroup_andReplicasInTheirService() {
        Scenario scenario = Scenario.builder("numbers")
                .duration(Duration.ofSeconds(20))
                .service(Service.named("web").workers(100).replicas(2).calls("store"))
                .service(Service.named("store").workers(100))
                .load(Load.of(
                        "web",
                        List.of(
                                ClientGroup.of("many", Arrivals.poisson(20)).clients(3),
                                ClientGroup.of("one", Arrivals.even(2)))))
                .build();
        SimulationResult.Setting setting = new SimulationResult.Setting(scenario, 1);
        assertThat(of(events(setting, RetryPolicy.defaults()), CallEvent.class).stream()
                        .filter(step -> step.kind() == CallEvent.Kind.STARTED)
                        .map(started -> started.call().layer().caller() + " "
                                + started.call().client())
                        .distinct())
                .containsExactlyInAnyOrder("many 0", "many 1", "many 2", "one 0", "web 0", "web 1");
    }

    @Test
    void listenerThatThrows_endsTheRun() {
        SimulationResult.Setting setting = setting("metastable", Map.of(), 1);
        List<Long> times = new ArrayList<>();
        assertThatThrownBy(() -> Simulation.observe(setting, RetryPolicy.defaults(), event -> {
                    if (event instanceof CallEvent step && step.kind() == CallEvent.Kind.SERVED) {
                        times.add(event.nanos());
                        throw new IllegalArgumentException("full");
                    }
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("full");
        assertThat(times).hasSize(1);
    }

    /** The calls begin within two seconds, and are retried after five. */
    @Test
    void listenerThatThrowsAfterTheLastSecond_endsTheRun() {
        Scenario scenario = Scenario.builder("late")
                .duration(Duration.ofSeconds(2))
                .service(Service.named("store").failures(1, 503))
                .load(Load.even("store", 5))
                .build();
        RetryPolicy later =
                RetryPolicy.parse("max-attempts=2 base-delay=5s max-delay=5s jitter=none total-timeout=60s budget=off");
        assertThatThrownBy(() -> Simulation.observe(new SimulationResult.Setting(scenario, 1), later, event -> {
                    if (event.nanos() > scenario.duration().toNanos()) {
                        throw new IllegalArgumentException("full");
                    }
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("full");
    }
}
