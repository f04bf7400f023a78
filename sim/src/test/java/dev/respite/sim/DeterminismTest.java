package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.sim.report.Report;
import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same seed, the same bytes. */
class DeterminismTest {

    private static final RetryPolicy POLICY = RetryPolicy.parse("max-attempts=4 base-delay=20ms budget=20%");

    @TempDir
    Path folder;

    @Test
    void result_ofASeed_isTheSameOnEveryJdk() {
        SimulationResult result = Simulation.simulate(BuiltIn.named("brownout").scenario(), POLICY, 42);
        // Pinned: builds on JDK 17 and 25 check it.
        assertThat(List.of(result.calls(), result.succeeded(), result.attempts(), result.peakRequestsPerSecond()))
                .isEqualTo(List.of(16_659L, 12_061L, 16_767L, 194L));
        assertThat(result.latency(99)).isEqualTo(Duration.ofNanos(923_647_000));
        // Each random number of the policies changes this sum.
        assertThat(result.delays()).isEqualTo(Duration.ofNanos(25_812_190_227L));
    }

    @Tag("slow")
    @Test
    void report_ofASeed_isTheSameInEveryPlace() throws IOException {
        Map<String, String> here = report("here");
        Locale locale = Locale.getDefault();
        TimeZone zone = TimeZone.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kathmandu"));
            assertThat(report("there")).isEqualTo(here);
        } finally {
            Locale.setDefault(locale);
            TimeZone.setDefault(zone);
        }
        assertThat(here).hasSize(9);
    }

    @Test
    void anotherSeed_isAnotherRun() {
        Scenario scenario = BuiltIn.named("metastable").scenario();
        assertThat(Simulation.simulate(scenario, POLICY, 1).series())
                .isNotEqualTo(Simulation.simulate(scenario, POLICY, 2).series());
    }

    @Test
    void policies_ofOneSeed_meetTheSameArrivals() {
        Scenario scenario = BuiltIn.named("metastable").scenario();
        assertThat(Simulation.simulate(scenario, POLICY).series().calls())
                .isEqualTo(Simulation.simulate(scenario, RetryPolicy.parse("max-attempts=1"))
                        .series()
                        .calls());
    }

    private Map<String, String> report(String place) throws IOException {
        Scenario scenario = BuiltIn.named("brownout").scenario();
        Path to = folder.resolve(place);
        Report.of(
                        scenario,
                        Comparison.of(scenario, Map.of("mine", POLICY))
                                .seeds(1, 3)
                                .run(() -> {}),
                        "table")
                .write(to);
        Map<String, String> files = new LinkedHashMap<>();
        try (Stream<Path> written = Files.list(to)) {
            for (Path file : written.sorted().toList()) {
                files.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return files;
    }
}
