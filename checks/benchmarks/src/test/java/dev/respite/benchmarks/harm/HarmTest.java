package dev.respite.benchmarks.harm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.benchmarks.harm.Cell.Traffic;
import dev.respite.benchmarks.harm.Cell.Work;
import dev.respite.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What rules 33 and 34 promise of the default budget, in a tenth of the grid and in twelve cells of small services. The whole grid
 * is {@code bin/bench --harm}; its figures are in docs/evidence/budgets.md.
 */
class HarmTest {

    private static final long DRAW = 7;
    private static final int TENTH = 60;
    private static final double MAX_CAPACITY = 300;

    /** Seeds of a cell, unless it needs more for a thousand calls in 5 s. */
    private static final int SEEDS = 3;

    private static List<Finding> run(List<Cell> cells, RetryPolicy policy) {
        return cells.parallelStream()
                .map(cell -> Finding.of(cell, policy, DRAW, SEEDS))
                .toList();
    }

    /** Services of 10 and 30 requests a second, whose clients call every few seconds. */
    private static List<Cell> small() {
        Traffic traffic = new Traffic(40, Work.EXPONENTIAL, false);
        List<Cell> cells = new ArrayList<>();
        for (Outage outage : List.of(Outage.PAUSE_1, Outage.BLACK_HOLE_10, Outage.HALF_CHEAP_10)) {
            for (boolean isDeclared : new boolean[] {false, true}) {
                cells.add(new Cell(outage, 10, 3, 3, 0.7, 35, isDeclared, traffic));
                cells.add(new Cell(outage, 30, 3, 1, 0.85, 26, isDeclared, traffic));
            }
        }
        return cells;
    }

    @Test
    void smallServices_loseNoCallsToRetries() {
        assertThat(run(small(), RetryPolicy.defaults()))
                .hasSize(12)
                .allSatisfy(finding -> assertThat(finding.points() - 3 * finding.error())
                        .as(finding.toString())
                        .isLessThan(2))
                .noneMatch(Finding::isNever);
    }

    /** Cells of 3,000 requests a second take half a minute each. */
    @Test
    @Tag("compat")
    void region1_hasItsPromises() {
        List<Cell> drawn = Cell.draw(TENTH, DRAW, true).stream()
                .filter(cell -> cell.capacity() <= MAX_CAPACITY)
                .toList();
        List<Finding> findings = run(drawn, RetryPolicy.defaults()).stream()
                .filter(finding -> finding.region() == 1)
                .toList();
        assertThat(findings)
                .hasSizeGreaterThan(TENTH / 4)
                .noneMatch(Finding::isNever)
                .noneMatch(finding -> finding.points() > 5);
        assertThat(findings).filteredOn(finding -> finding.points() > 2).hasSizeLessThanOrEqualTo(2);
        assertThat(findings).filteredOn(finding -> finding.excess() > 0).hasSizeLessThanOrEqualTo(2);
    }

    /** The limits distinguish budgets: a former default exceeds them. */
    @Test
    @Tag("compat")
    void aBucketThatIsFullForEachClient_missesThePromises() {
        Traffic traffic = new Traffic(40, Work.EXPONENTIAL, false);
        List<Cell> cells = List.of(
                new Cell(Outage.PAUSE_1, 300, 3, 1, 0.93, 1_395, false, traffic),
                new Cell(Outage.BROWNOUT_10, 300, 3, 1, 0.93, 1_395, false, traffic),
                new Cell(Outage.HALF_COSTLY_60, 300, 3, 1, 0.93, 1_395, false, traffic));
        assertThat(run(cells, RetryPolicy.parse("budget=success:0.5/20/10")))
                .allSatisfy(finding -> assertThat(finding.points()).isGreaterThan(5));
    }
}
