package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.scenario.BuiltIn;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinsTest {

    private static Bins bins(Load load, long seconds) {
        return Bins.of(Scenario.builder("bins")
                .duration(Duration.ofSeconds(seconds))
                .service(Service.named("store"))
                .load(load)
                .build());
    }

    @ParameterizedTest
    @CsvSource({"5, 20", "15, 20", "16, 50", "37, 50", "38, 100", "70, 100", "3600, 100"})
    void bursts_haveBinsThatShowWaves(long seconds, long millis) {
        Bins bins = bins(Load.burst("store", 10, Duration.ofSeconds(10)), seconds);
        assertThat(bins.duration()).isEqualTo(Duration.ofMillis(millis));
        assertThat(bins.inBursts()).isTrue();
        assertThat(bins.unit()).isEqualTo("per " + millis + " ms");
        assertThat(bins.scale()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"1, 20", "3, 20", "4, 50", "60, 500", "75, 500", "76, 1000", "150, 1000", "151, 2000", "400, 5000"})
    void otherLoads_haveAtMost150Bins(long seconds, long millis) {
        Bins bins = bins(Load.poisson("store", 10), seconds);
        assertThat(bins.duration()).isEqualTo(Duration.ofMillis(millis));
        assertThat(bins.count()).isBetween(40, 150);
        assertThat(bins.unit()).isEqualTo("per second");
        assertThat(bins.scale()).isEqualTo(1_000.0 / millis);
    }

    @Test
    void bins_coverTheRun_andBeginAtRoundTimes() {
        Bins bins = bins(Load.poisson("store", 10), 61);
        assertThat(bins.count()).isEqualTo(122);
        assertThat(bins.starts()).startsWith(0.0, 0.5, 1.0).endsWith(60.5);
        assertThat(bins.at(60_999_999_999L)).isEqualTo(121);
        assertThat(bins.at(Long.MAX_VALUE)).isGreaterThan(121);
        assertThat(Bins.of(BuiltIn.named("metastable").scenario()).length()).isEqualTo("1 s");
    }
}
