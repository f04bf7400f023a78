package dev.respite.benchmarks.harm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.benchmarks.harm.Cell.Traffic;
import dev.respite.benchmarks.harm.Cell.Work;
import dev.respite.policy.RetryPolicy;
import dev.respite.sim.scenario.Fault;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Calls that wait for the budget are saved, and the outage lasts no longer. All cells are in {@code bin/bench --harm}. */
@Tag("compat")
class SavedCallsTest {

    private static final long SEED = 11;
    private static final Set<Outage> OUTAGES = EnumSet.of(
            Outage.BLACK_HOLE_10, Outage.PAUSE_1, Outage.HALF_COSTLY_10, Outage.BROWNOUT_10, Outage.ONE_REPLICA_60);

    private static final RetryPolicy WAITING = RetryPolicy.parse("budget-wait=30s total-timeout=60s");

    @ParameterizedTest
    @CsvSource({"DOWN, 50, 0.7", "DOWN, 1, 0.9", "THROTTLE, 10, 0.9"})
    void callsThatFailInAnOutage_areSaved(Fault.Kind kind, int clients, double utilisation) {
        Fault fault = kind == Fault.Kind.DOWN ? Fault.down(Outage.SERVICE) : Fault.throttle(Outage.SERVICE, 1);
        SavedCalls cell = new SavedCalls(fault, clients, utilisation);
        assertThat(cell.saved(WAITING, SEED, 1)).isGreaterThan(0.6);
        assertThat(cell.saved(RetryPolicy.defaults(), SEED, 1)).isLessThan(0.1);
    }

    /** Where releases would keep the service busy permanently: a part fails, or the service is as good as full by itself. */
    @Test
    void outage_isOverAsSoon() {
        Traffic traffic = new Traffic(40, Work.EXPONENTIAL, false);
        List<Finding> with = OUTAGES.stream()
                .map(outage -> new Cell(outage, 300, 3, 1, 0.93, 60, false, traffic))
                .map(cell -> Finding.of(cell, WAITING, SEED, 3))
                .toList();
        assertThat(with).hasSameSizeAs(OUTAGES).noneMatch(Finding::isNever);
        assertThat(with).filteredOn(finding -> finding.excess() > 0).hasSizeLessThanOrEqualTo(2);
    }
}
