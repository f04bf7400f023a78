package dev.respite.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.FleetSpec;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The default budget after any sequence of calls: its limits, and refunds. */
@Tag("cases")
class FleetAccountsPropertyTest {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    private final FleetAccounts accounts = new FleetAccounts(FleetSpec.DEFAULT, 1);

    @Property
    void refund_afterATake_restoresWhatWasLeft(
            @ForAll @Size(max = 40) List<@IntRange(min = 0, max = 399) Integer> steps,
            @ForAll long seed,
            @ForAll boolean overload) {
        long now = play(accounts, steps, seed);
        accounts.succeeded(now);
        double ordinaryBefore = accounts.retriesLeft();
        double overloadBefore = accounts.overloadRetriesLeft();
        ErrorKind kind = overload ? ErrorKind.TIMEOUT : ErrorKind.IO;
        accounts.take(new FailedAttempt(kind, 1, now, 0), () -> 0).ifPresent(accounts::refund);
        assertThat(accounts.overloadRetriesLeft()).isLessThanOrEqualTo(overloadBefore + 1e-9);
        assertThat(accounts.retriesLeft()).isLessThanOrEqualTo(ordinaryBefore + 1e-9);
        // Credit above a limit that has fallen since is not restored.
        assertThat(accounts.overloadRetriesLeft())
                .isCloseTo(overloadBefore, within(overloadBefore > 2 ? overloadBefore - 2 : 1e-9));
        assertThat(accounts.retriesLeft()).isCloseTo(ordinaryBefore, within(Math.max(1e-9, ordinaryBefore - 5.0 / 3)));
    }

    @Property
    void anySequence_keepsEveryAccountWithinItsLimits(
            @ForAll @Size(max = 80) List<@IntRange(min = 0, max = 399) Integer> steps, @ForAll long seed) {
        play(accounts, steps, seed);
        FleetAccounts declared = new FleetAccounts(FleetSpec.DEFAULT.withClients(1 + (int) (seed & 4_095)), 1);
        play(declared, steps, seed);
    }

    /** Plays random steps, checks the limits after each, and returns the time. */
    private static long play(FleetAccounts accounts, List<Integer> steps, long seed) {
        Random random = new Random(seed);
        ErrorKind[] kinds = {ErrorKind.IO, ErrorKind.TIMEOUT, ErrorKind.ofStatus(500), RetryBudgets.HEDGE};
        long now = random.nextLong();
        for (int step : steps) {
            long pause = (long) (Math.pow(random.nextDouble(), 6) * 60 * SECOND);
            now += step % 11 == 10 ? -pause : pause;
            ErrorKind kind = kinds[step / 100];
            int number = 1 + step % 3;
            switch (step % 7) {
                case 0, 1 -> accounts.succeeded(now);
                case 2 -> accounts.succeededAfterRetry(kind, now);
                case 3 -> accounts.sample(random.nextInt(1_000) * MILLI, now);
                case 4 -> accounts.failed(new FailedAttempt(kind, number, now, random.nextInt(1_000) * MILLI));
                default -> {
                    Optional<Grant> grant = accounts.take(
                            new FailedAttempt(kind, number, now, random.nextInt(100) * MILLI), random::nextDouble);
                    if (step % 5 == 0) {
                        grant.ifPresent(accounts::refund);
                    }
                }
            }
            assertThat(accounts.retriesLeft()).isBetween(0.0, 8.0);
            assertThat(accounts.overloadRetriesLeft()).isBetween(0.0, 2.0);
        }
        return now;
    }
}
