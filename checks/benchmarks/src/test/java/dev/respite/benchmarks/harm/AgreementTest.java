package dev.respite.benchmarks.harm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.benchmarks.harm.Agreement.Result;
import dev.respite.sim.foresight.Foresight.Risk;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The answers of {@code explain} in a few random settings. All figures are from {@code bin/bench --explain}. */
class AgreementTest {

    private static final long DRAW = 3;
    private static final int SETTINGS = 10;

    @Test
    @Tag("compat")
    void safeAnswers_ofRandomSettings_areRight() {
        List<Result> results = Agreement.compare(SETTINGS, DRAW, new PrintStream(OutputStream.nullOutputStream()));

        assertThat(results).hasSize(SETTINGS);
        assertThat(Agreement.count(results, result -> result.risk() == Risk.NONE && result.isHarmed()))
                .isZero();
        long harmless = Agreement.count(results, result -> !result.isHarmed());
        assertThat(Agreement.count(results, result -> result.risk() == Risk.NONE))
                .isGreaterThanOrEqualTo(harmless / 2);
        assertThat(Agreement.count(results, Result::isHarmed)).isGreaterThanOrEqualTo(3);
    }

    @Test
    void table_countsAnswers_bySize() {
        RandomSetting small = new RandomSetting("max-attempts=2", 10, 5, 10, 1);
        RandomSetting large = new RandomSetting("max-attempts=2", 10, 50, 100, 1);
        String table = Agreement.table(List.of(
                new Result(small, Risk.NONE, "pause", "pause"),
                new Result(small, Risk.UNKNOWN, "pause", ""),
                new Result(large, Risk.NONE, "pause", ""),
                new Result(large, Risk.HARMFUL, "pause", "pause")));

        assertThat(table.lines())
                .contains(
                        "| below 60 | 2 | 1 | 1 | 0 (0.0 %) | 0 (0.0 %) | 0 | 0 (0.0 %) | 1 (50.0 %) |",
                        "| 60 and more | 2 | 1 | 1 | 1 (100.0 %) | 1 (100.0 %) | 1 | 1 (100.0 %) | 0 (0.0 %) |");
    }

    @Test
    void draw_ofASeed_isTheSame() {
        assertThat(RandomSetting.draw(1).limit(5))
                .isEqualTo(RandomSetting.draw(1).limit(5).toList());
    }
}
