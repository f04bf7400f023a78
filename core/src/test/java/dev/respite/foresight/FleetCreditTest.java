package dev.respite.foresight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.budget.RetryBudget;
import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudgets;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.BudgetSpec;
import dev.respite.policy.FleetSpec;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model of the default budget has to follow its rule: the same calls have to be granted the same retries. */
class FleetCreditTest {

    private static final double LATENCY = 0.01;
    private static final double TIMEOUT = 1;

    @ParameterizedTest
    @ValueSource(strings = {"fleet", "fleet:clients=5", "fleet:clients=300", "fleet:clients=50000"})
    void take_afterTheSameCalls_grantsAsTheBudget(String text) {
        FleetSpec spec = (FleetSpec) BudgetSpec.parse(text);
        Random random = new Random(7);
        for (int script = 0; script < 50; script++) {
            compare(spec, random, StrictMath.pow(10, 2 * random.nextDouble() - 1));
        }
    }

    private static void compare(FleetSpec spec, Random random, double meanGap) {
        RetryBudget budget = RetryBudgets.of(spec);
        FleetCredit model = new FleetCredit(spec, 1, TIMEOUT, LATENCY);
        double now = 1;
        for (int call = 0; call < 200; call++) {
            now = Math.round(1e9 * (now - meanGap * StrictMath.log(1 - random.nextDouble()))) / 1e9;
            long nanos = Math.round(now * 1e9);
            int attempt = 1 + random.nextInt(2);
            if (random.nextDouble() < 0.6) {
                if (attempt == 1) {
                    budget.succeeded(nanos);
                } else {
                    budget.succeededAfter(attempt, ErrorKind.TIMEOUT, nanos);
                }
                model.succeeded(0, 1, new ClientCredit.Success(attempt, LATENCY), now);
                continue;
            }
            FailedAttempt failed = new FailedAttempt(ErrorKind.TIMEOUT, attempt, nanos, Math.round(TIMEOUT * 1e9));
            budget.failed(failed);
            model.failed(0, 1, attempt);
            double paid = budget.tryAcquire(failed, () -> 0)
                    .map(RetryBudget.Grant::credit)
                    .orElse(0.0);
            assertThat(model.take(0, 1, now)).isCloseTo(paid, within(1e-6));
        }
    }
}
