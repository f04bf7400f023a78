package dev.respite.sim.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.sim.report.Chart.Line;
import java.util.Collections;
import java.util.Comparator;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TailCurveTest {

    /** Calls that took 1 ms, 2 ms and so on. */
    private static Histogram calls(int many) {
        Histogram micros = new Histogram(1_000_000_000L, 3);
        for (int milli = 1; milli <= many; milli++) {
            micros.recordValue(1_000L * milli);
        }
        return micros;
    }

    private static double millis(Line line, double percent) {
        return line.xs().get(line.ys().indexOf(percent));
    }

    @Test
    void curve_saysHowManyTookLonger() {
        Line line = TailCurve.of("p", calls(10_000), 0);
        assertThat(millis(line, 50)).isCloseTo(5_000, within(10.0));
        assertThat(millis(line, 10)).isCloseTo(9_000, within(10.0));
        assertThat(millis(line, 0.5)).isCloseTo(9_950, within(10.0));
        assertThat(line.ys())
                .isSortedAccordingTo(Comparator.reverseOrder())
                .startsWith(100.0)
                .endsWith(0.01);
        assertThat(line.xs()).isSorted();
    }

    @Test
    void curve_endsWhereOneCallIsLess() {
        assertThat(Collections.min(TailCurve.of("p", calls(1_000), 0).ys())).isEqualTo(0.1);
        assertThat(TailCurve.of("p", new Histogram(1_000, 3), 0).xs()).isEmpty();
    }

    @Test
    void callsThatNeverEnd_keepTheCurveUp() {
        Line line = TailCurve.of("p", calls(900), 100);
        assertThat(Collections.min(line.ys())).isEqualTo(10);
        assertThat(millis(line, 10)).isCloseTo(900, within(1.0));
        assertThat(millis(line, 50)).isCloseTo(500, within(1.0));
        assertThat(TailCurve.of("p", new Histogram(1_000, 3), 5).xs()).isEmpty();
    }
}
