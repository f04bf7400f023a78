package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.policy.Explanation;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.net.SocketException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a budget does at an independent failure rate p, with three attempts: the table of the published budgets, made again
 * with the production classes. Calls begin 10 ms apart.
 */
class BudgetAtFailureRateTest {

    private static final int CALLS = 40_000;
    private static final double[] RATES = {0.1, 0.2, 0.3, 0.5, 1.0};

    @ParameterizedTest
    @CsvSource({
        // budget, attempts per call at .1 .2 .3 .5 1.0, success % at .3 and .5
        "off, 1.11, 1.24, 1.39, 1.75, 3.00, 97, 88",
        "aws-2.0, 1.11, 1.24, 1.39, 1.20, 1.00, 97, 60",
        "aws-2.1, 1.11, 1.24, 1.17, 1.07, 1.00, 82, 54",
        "grpc:10/0.1, 1.02, 1.00, 1.00, 1.00, 1.00, 70, 50",
        "10%, 1.10, 1.09, 1.08, 1.05, 1.03, 75, 53",
    })
    void attemptsPerCall_ofEachBudget_areThoseOfTheTable(
            String budget, double at1, double at2, double at3, double at5, double at10, double ok3, double ok5) {
        double[] expected = {at1, at2, at3, at5, at10};
        for (int i = 0; i < RATES.length; i++) {
            RetryPolicy policy = RetryPolicy.parse("max-attempts=3 backoff=immediate budget=" + budget);
            VirtualTime time = new VirtualTime();
            Retry retry = Retry.withoutWarnings(policy, time);
            long succeeded = run(retry, time, RATES[i]);
            double attempts = retry.counts().attempts() / (double) CALLS;
            assertThat(attempts).as("%s at %s", budget, RATES[i]).isCloseTo(expected[i], within(0.03));
            assertThat(succeeded / (double) CALLS)
                    .as("successes of %s at %s", budget, RATES[i])
                    .isCloseTo((1 - RATES[i]) * attempts, within(0.01));
            if (i == 2 || i == 3) {
                assertThat(succeeded * 100.0 / CALLS).isCloseTo(i == 2 ? ok3 : ok5, within(3.0));
            }
            assertThat(Explanation.of(policy).amplification(RATES[i]))
                    .as("amplification of %s at %s", budget, RATES[i])
                    .isCloseTo(attempts, within(0.03));
        }
    }

    private static long run(Retry retry, VirtualTime time, double failureRate) {
        Random random = new Random(4);
        SocketException failure = new SocketException();
        long succeeded = 0;
        for (int call = 0; call < CALLS; call++) {
            time.advance(Duration.ofMillis(10));
            try {
                retry.run(() -> {
                    if (random.nextDouble() < failureRate) {
                        throw failure;
                    }
                });
                succeeded++;
            } catch (SocketException given) {
                assertThat(given).isSameAs(failure);
            }
        }
        return succeeded;
    }
}
