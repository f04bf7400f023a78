package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The time and the place of a fault. */
class FaultTest {

    private static final long SECOND = 1_000_000_000;

    private static final Fault SHORT =
            Fault.errors("store", 1).at(Duration.ofSeconds(10)).duration(Duration.ofSeconds(5));

    @Test
    void severity_withoutARamp_isAllOrNothing() {
        assertThat(SHORT.severity(10 * SECOND - 1)).isZero();
        assertThat(SHORT.severity(10 * SECOND)).isEqualTo(1);
        assertThat(SHORT.severity(15 * SECOND - 1)).isEqualTo(1);
        assertThat(SHORT.severity(15 * SECOND)).isZero();
    }

    @Test
    void severity_withARamp_fadesInAStraightLine() {
        Fault fading = SHORT.ramp(Duration.ofSeconds(4));

        assertThat(fading.severity(15 * SECOND)).isEqualTo(1);
        assertThat(fading.severity(16 * SECOND)).isEqualTo(0.75);
        assertThat(fading.severity(18 * SECOND)).isEqualTo(0.25);
        assertThat(fading.severity(19 * SECOND)).isZero();
        assertThat(fading.endNanos()).isEqualTo(15 * SECOND);
    }

    @Test
    void isFor_withoutAReplica_isEachServerOfTheService() {
        assertThat(SHORT.isFor("store", 1)).isTrue();
        assertThat(SHORT.isFor("store", 3)).isTrue();
        assertThat(SHORT.isFor("web", 1)).isFalse();
        assertThat(SHORT.replica(2).isFor("store", 2)).isTrue();
        assertThat(SHORT.replica(2).isFor("store", 1)).isFalse();
        assertThat(SHORT.replica(2).isFor("web", 2)).isFalse();
    }

    @Test
    void pause_withARamp_isRejected() {
        assertThatThrownBy(() -> Fault.pause("store").ramp(Duration.ofSeconds(3)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("ramp 3s: a pause ends at once");
    }
}
