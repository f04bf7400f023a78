package dev.respite.benchmarks.foresight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The forecast of {@code respite explain} against the simulator, in a few of the settings of {@code bin/bench --foresight}. */
@Tag("slow")
class ForesightAgreementTest {

    private static final int SETTINGS = 24;

    /** Larger fleets take longer to simulate. */
    private static final double MAX_RATE = 300;

    private static List<ForesightComparison> compared = List.of();

    @BeforeAll
    static void compare() {
        List<Setting> settings = ForesightTable.drawn(1)
                .filter(setting -> setting.rate() <= MAX_RATE)
                .limit(SETTINGS)
                .toList();
        compared = ForesightTable.compared(settings, 2);
    }

    @Test
    void harm_ofRandomFleets_isForecast() {
        assertThat(compared.stream().filter(one -> !one.agrees())).hasSizeLessThanOrEqualTo(2);
        assertThat(compared.stream().filter(ForesightComparison::isFalselySafe)).hasSizeLessThanOrEqualTo(1);
        assertThat(compared.stream().filter(ForesightComparison::isHarmed)).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void worstRecovery_ofRandomFleets_isForecast() {
        assertThat(compared.stream().filter(one -> !one.recoveryAgrees())).hasSizeLessThanOrEqualTo(3);
    }
}
