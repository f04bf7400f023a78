package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.Retry;
import dev.respite.RetryEvent;
import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.testsupport.Cases;
import dev.respite.time.VirtualTime;
import dev.respite.verification.OneEngineScript.Step;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One brain: a random policy and a random script of outcomes leave the same trace in a plain {@linkplain OneEngineFold
 * fold} of {@link RetryPolicy#decide} and in each {@linkplain OneEngineDriver driver}.
 *
 * <p>More scripts than a build runs: {@code ./mvnw verify -pl checks/verification -am -Drespite.scripts=200000}.
 */
@Tag("cases")
class OneEngineTest {

    private static final int SCRIPTS = Integer.getInteger("respite.scripts", Cases.of(10_000));

    /** How many calls share one budget. */
    private static final int CALLS = 4;

    @AfterEach
    void clearTheFlag() {
        Thread.interrupted();
    }

    @ParameterizedTest
    @EnumSource
    void driver_ofRandomPoliciesAndScripts_leavesTheTracesOfTheFold(OneEngineDriver driver) {
        for (int seed = 0; seed < SCRIPTS; seed++) {
            OneEngineScript script = new OneEngineScript(seed);
            RetryPolicy policy = script.policy();
            OneEngineFold fold = new OneEngineFold(policy, driver.cuts(), driver.hasThread(), driver.waitsOnThread());
            RetryBudget budget = RetryBudgets.of(policy.budget());
            RetryBudget unheard = RetryBudgets.of(policy.budget());
            for (int call = 0; call < CALLS; call++) {
                List<Step> steps = script.steps();
                OneEngineTrace folded = fold.call(steps, new VirtualTime(seed + call));
                try {
                    assertThat(received(driver, policy, steps, new VirtualTime(seed + call), budget))
                            .isEqualTo(folded);
                    assertUnheard(folded, driver, policy, steps, new VirtualTime(seed + call), unheard);
                    assertThat(budget.retriesLeft()).isEqualTo(fold.retriesLeft());
                } catch (AssertionError | RuntimeException differs) {
                    throw new AssertionError(
                            "seed " + seed + ", call " + call + ": " + policy + "\n" + steps + "\n" + folded, differs);
                }
            }
        }
    }

    private static OneEngineTrace received(
            OneEngineDriver driver, RetryPolicy policy, List<Step> steps, VirtualTime time, RetryBudget budget) {
        OneEnginePlay play = new OneEnginePlay(steps, time);
        List<RetryEvent> events = new ArrayList<>();
        driver.run(Retry.withoutWarnings(policy, time).withBudget(budget).withListener(events::add), play);
        time.runAll();
        return play.trace(events);
    }

    /** A call without a listener comes to the same end at the same time. */
    private static void assertUnheard(
            OneEngineTrace folded,
            OneEngineDriver driver,
            RetryPolicy policy,
            List<Step> steps,
            VirtualTime time,
            RetryBudget budget) {
        OneEnginePlay play = new OneEnginePlay(steps, time);
        Retry retry = Retry.withoutWarnings(policy, time).withBudget(budget);
        driver.run(retry, play);
        time.runAll();
        play.assertEndedAs(folded, retry.counts());
    }

    @Test
    void scripts_reachEveryEnd_alsoThatOfTime() {
        Set<StopReason> reasons = EnumSet.noneOf(StopReason.class);
        int late = 0;
        for (int seed = 0; seed < 2_000; seed++) {
            OneEngineScript script = new OneEngineScript(seed);
            RetryPolicy policy = script.policy();
            OneEngineFold fold = new OneEngineFold(policy, true, false, false);
            for (int call = 0; call < CALLS; call++) {
                OneEngineTrace trace = fold.call(script.steps(), new VirtualTime(seed));
                reasons.add(trace.reason());
                late += trace.outcome() == OneEngineFold.LATE ? 1 : 0;
            }
        }
        assertThat(reasons)
                .contains(
                        StopReason.ACCEPTED,
                        StopReason.FATAL,
                        StopReason.ATTEMPTS_EXHAUSTED,
                        StopReason.TOTAL_TIMEOUT,
                        StopReason.BUDGET_EXHAUSTED,
                        StopReason.RETRY_AFTER_TOO_LONG,
                        StopReason.INTERRUPTED,
                        StopReason.CANCELLED);
        assertThat(late).isGreaterThan(500);
    }
}
