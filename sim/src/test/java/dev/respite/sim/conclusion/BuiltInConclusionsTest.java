package dev.respite.sim.conclusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.Comparison;
import dev.respite.sim.Figure;
import dev.respite.sim.PolicySummary;
import dev.respite.sim.conclusion.Conclusion.Kind;
import dev.respite.sim.scenario.BuiltIn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the built-in scenarios lead to. */
@Tag("slow")
class BuiltInConclusionsTest {

    private static Map<String, Conclusion> conclusions(String scenario, int seeds) {
        BuiltIn builtIn = BuiltIn.named(scenario);
        List<PolicySummary> summaries = Comparison.of(builtIn.scenario(), builtIn.policies())
                .seeds(1, seeds)
                .run(() -> {});
        Map<String, Conclusion> conclusions = new LinkedHashMap<>();
        Conclusion.of(summaries).forEach(conclusion -> conclusions.put(conclusion.policy(), conclusion));
        assertThat(conclusions.keySet())
                .containsExactlyElementsOf(builtIn.policies().keySet());
        return conclusions;
    }

    @Test
    void metastable_naiveHarms_andOursGainsInTheCalmRun() {
        Map<String, Conclusion> metastable = conclusions("metastable", 1);

        assertThat(metastable.get("none").kind()).isEqualTo(Kind.BASELINE);
        assertThat(metastable.get("naive").text())
                .startsWith("Harm (recovery): it never recovers after the fault, and 14.29% of calls succeed, 93.27%"
                        + " without retries, at 3.58 attempts per call and a peak of 1,208/s instead of 327/s;");
        assertThat(metastable.get("respite").kind()).isEqualTo(Kind.GAIN_WHEN_CALM);
        assertThat(metastable.get("respite").text())
                .contains("With the fault it makes no difference: ", "since calls fail during the fault only.");
    }

    @Test
    void deepStack_naiveWins_atACostThatIsNamed() {
        Map<String, Conclusion> stack = conclusions("deep-stack", 5);

        assertThat(stack.get("naive").kind()).isEqualTo(Kind.COSTLY_GAIN);
        assertThat(stack.get("naive").decidedBy()).isEqualTo(Figure.AMPLIFICATION);
        assertThat(stack.get("naive").text())
                .containsPattern("at 15\\.\\d\\d attempts per call \\(2\\d\\d extra for each call saved\\)");
        assertThat(conclusions("deep-stack", 1).get("naive").text()).startsWith("Not decided by 1 seed (succeeded): ");
        assertThat(stack.get("respite").kind()).isEqualTo(Kind.GAIN_WHEN_CALM);
        assertThat(stack.get("respite").calmRate()).hasValue(0.2);
    }

    @Test
    void outageRide_waitingGains_andItsTimeIsNamed() {
        Conclusion waiting = conclusions("outage-ride", 1).get("waiting");

        assertThat(waiting.kind()).isEqualTo(Kind.GAIN);
        assertThat(waiting.text()).contains("; 99% of answers come within 31.1 s instead of 1 s. With 20%");
    }

    @Test
    void tail_hedgesGainTime() {
        Conclusion hedged = conclusions("tail", 1).get("respite");

        assertThat(hedged.kind()).isEqualTo(Kind.GAIN);
        assertThat(hedged.decidedBy()).isEqualTo(Figure.ALL_P99);
        assertThat(hedged.text()).contains("100.00% of calls succeed with and without retries");
    }

    @Test
    void rateLimit_whatARetryCosts_winsNothing() {
        Map<String, Conclusion> limit = conclusions("rate-limit", 1);

        assertThat(limit.get("naive").kind()).isEqualTo(Kind.COST_WITHOUT_GAIN);
        assertThat(limit.get("naive").decidedBy()).isEqualTo(Figure.AMPLIFICATION);
        assertThat(limit.get("naive").evidence().calm()).isEmpty();
    }

    @Test
    void thunderingHerd_onlyJitterIsWorthItsAttempts() {
        Map<String, Conclusion> herd = conclusions("thundering-herd", 1);

        assertThat(herd.get("immediate").kind()).isEqualTo(Kind.COST_WITHOUT_GAIN);
        assertThat(herd.get("immediate").text()).contains("up to 5,000 retries within 100 ms");
        assertThat(herd.get("exponential").kind()).isEqualTo(Kind.COSTLY_GAIN);
        assertThat(herd.get("exponential + jitter").kind()).isEqualTo(Kind.GAIN);
    }

    @Test
    void conclusion_isTheSameWithMoreSeeds() {
        BuiltIn builtIn = BuiltIn.named("outage-ride");
        List<PolicySummary> summaries = Comparison.of(builtIn.scenario(), builtIn.policies())
                .seeds(5, 3)
                .run(() -> {});

        assertThat(Conclusion.of(summaries))
                .extracting(Conclusion::kind)
                .containsExactly(Kind.BASELINE, Kind.HARM, Kind.GAIN_WHEN_CALM, Kind.GAIN);
    }

    @Test
    void comparison_withoutAPolicyThatDoesNotRetry_hasNoConclusion() {
        List<PolicySummary> summaries = Comparison.of(
                        BuiltIn.named("tail").scenario(), Map.of("mine", RetryPolicy.defaults()))
                .run(() -> {});

        assertThat(Conclusion.of(summaries)).isEmpty();
    }
}
