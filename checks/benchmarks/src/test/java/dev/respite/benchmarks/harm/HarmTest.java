package dev.respite.benchmarks.harm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A tenth of the grid, drawn by a seed, with one run a cell: what rules 33 and 34 promise of the default budget. The whole grid is
 * {@code bin/bench --harm}; its figures are in docs/evidence/budgets.md.
 */
@Tag("slow")
class HarmTest {

    private static final long SEED = 7;

    private static final List<Finding> FINDINGS = new ArrayList<>();

    @BeforeAll
    static void run() {
        List<Cell> cells = new ArrayList<>(Cell.grid());
        Collections.shuffle(cells, new Random(SEED));
        FINDINGS.addAll(new Grid(SEED, 1).run(cells.subList(0, cells.size() / 10), RetryPolicy.defaults(), () -> {}));
    }

    private static List<Finding> of(Outage.Kind... kinds) {
        return FINDINGS.stream()
                .filter(finding ->
                        List.of(kinds).contains(finding.cell().outage().kind()))
                .toList();
    }

    @Test
    void blackHolesRefusalsAndPauses_areOverAsSoonAsWithoutRetries() {
        assertThat(of(Outage.Kind.GONE))
                .hasSizeGreaterThan(15)
                .allSatisfy(finding ->
                        assertThat(finding.excess()).as(finding.toString()).isLessThanOrEqualTo(3))
                .filteredOn(Finding::isOver)
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void outages_getFewAttempts() {
        assertThat(of(Outage.Kind.GONE)).noneMatch(Finding::hasTooManyAttempts);
    }

    @Test
    void outageOfAnyKind_isOver() {
        assertThat(FINDINGS)
                .noneMatch(Finding::never)
                .filteredOn(Finding::isOver)
                .hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void partialFailures_letAsManyCallsSucceedAsWithoutRetries() {
        List<Finding> partial = of(Outage.Kind.PARTIAL);
        assertThat(partial).hasSizeGreaterThan(8);
        assertThat(partial).filteredOn(finding -> finding.below() > 2).hasSizeLessThanOrEqualTo(2);
    }

    /** The limits distinguish budgets: the previous default violates them. */
    @Test
    void aBucketThatIsFullForEachClient_missesTheAims() {
        List<Cell> harmful = FINDINGS.stream()
                .map(Finding::cell)
                .filter(cell -> cell.clients() >= 1_000 && cell.utilisation() >= 0.9)
                .toList();
        List<Finding> before = new Grid(SEED, 1).run(harmful, RetryPolicy.parse("budget=success:0.5/20/10"), () -> {});
        assertThat(before).filteredOn(Finding::isOver).hasSizeGreaterThan(before.size() / 3);
    }
}
