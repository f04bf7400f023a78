package dev.respite.benchmarks.foresight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The forecast of {@code respite explain} against the simulator, in a few of the settings of {@code ./bench --foresight}. */
class ForesightAgreementTest {

    private static final int SETTINGS = 24;
    private static final long SEED = 4;

    private static List<Comparison> compared = List.of();

    @BeforeAll
    static void compare() {
        compared = ForesightTable.compared(SETTINGS, SEED, 2);
    }

    @Test
    void harm_ofRandomFleets_isForecast() {
        assertThat(ForesightTable.count(compared, Comparison::agrees))
                .as(() -> compared.toString())
                .isGreaterThanOrEqualTo(SETTINGS - 1);
        assertThat(ForesightTable.count(compared, Comparison::isFalselySafe)).isZero();
        assertThat(ForesightTable.count(compared, Comparison::isHarmed)).isGreaterThanOrEqualTo(3);
    }

    @Test
    void worstRecovery_ofRandomFleets_isForecast() {
        assertThat(ForesightTable.count(compared, Comparison::recoveryAgrees))
                .as(() -> compared.toString())
                .isGreaterThanOrEqualTo(SETTINGS - 2);
    }
}
