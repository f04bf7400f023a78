package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.scenario.Fault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The arithmetic of {@code bin/reality --admission}. {@code AdmissionRealityTest} has its processes. */
class AdmissionTableTest {

    private static final Duration RUN = Duration.ofSeconds(45);
    private static final Fault FAULT =
            Fault.pause("server").at(Duration.ofSeconds(10)).duration(Duration.ofSeconds(1));
    private static final AdmissionTable.Situation TOMCAT = new AdmissionTable.Situation("tomcat", "pause", true);

    /** A hundred calls a second, of which those fail that are due at some milliseconds. */
    private static AdmissionFigures figures(LongPredicate fails) {
        List<RealCall> calls = LongStream.range(0, 4_500)
                .map(number -> 10 * number)
                .mapToObj(millis -> {
                    long due = 1_000_000 * millis;
                    long began = due + (millis < 600 ? 7_000_000 : 2_000_000);
                    return new RealCall(1, due, began, began + 80_000_000, !fails.test(millis));
                })
                .toList();
        ClientsReport report = new ClientsReport(calls, 5_400, Duration.ZERO, Map.of());
        return AdmissionFigures.of(report, FAULT, RUN, new RealService.Refusals(Duration.ofMillis(81), 900));
    }

    private static AdmissionFigures failingUntil(long second) {
        return figures(millis -> millis >= 10_000 && millis < 1_000 * second);
    }

    @Test
    void figures_ofAFaultWithoutConsequences() {
        assertThat(failingUntil(11))
                .isEqualTo(new AdmissionFigures(4_500, 100 * (2_000 / 2_100.0), 1.2, 900, 0, 81, 7));
    }

    @Test
    void succeeded_countsTheFaultAndTwentySecondsAfterIt() {
        assertThat(figures(millis -> millis < 10_000 || millis >= 31_000).succeeded())
                .isEqualTo(100);
        assertThat(failingUntil(31).succeeded()).isZero();
    }

    @Test
    void recovery_isTheFirstSecondAfterWhich95PercentOfTenSecondsSucceed() {
        assertThat(failingUntil(15).recovery()).isEqualTo(4);
        assertThat(figures(millis -> millis >= 10_000 && millis < 15_500).recovery())
                .isEqualTo(4);
        assertThat(figures(millis -> millis >= 10_000 && millis < 15_510).recovery())
                .isEqualTo(5);
    }

    @Test
    void recovery_needsTenSecondsOfTheRun() {
        assertThat(failingUntil(35).recovery()).isEqualTo(24);
        assertThat(failingUntil(36).recovery()).isInfinite();
    }

    @Test
    void row_hasMeansAndRanges_besideThoseWithoutRetries() {
        AdmissionTable table = new AdmissionTable();
        table.add(
                TOMCAT,
                "naive",
                List.of(failingUntil(12), failingUntil(15)),
                List.of(failingUntil(11), failingUntil(11)));

        assertThat(table.toString().lines().skip(2))
                .containsExactly("| tomcat | naive | pause | on | 4500 | 83.3 (76.2 to 90.5) | 95.2 | 1.20 | 900"
                        + " | 3 (1 to 4) | 0 | no | 81.0 | 7.0 |");
    }

    @Test
    void limit_is13TimesTheRecoveryWithoutRetriesAnd2Seconds() {
        AdmissionTable table = new AdmissionTable();
        List<AdmissionFigures> none = List.of(failingUntil(21));
        for (int second : new int[] {26, 27, 40}) {
            table.add(TOMCAT, "naive", List.of(failingUntil(second)), none);
        }
        table.add(TOMCAT, "naive", List.of(failingUntil(40)), List.of(failingUntil(40)));

        assertThat(table.toString().lines().skip(2).map(row -> row.split(" \\| ", -1)[11]))
                .containsExactly("yes", "no", "no", "no");
    }
}
