package dev.respite.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.respite.budget.RetryBudget.FailedAttempt;
import dev.respite.budget.RetryBudget.Grant;
import dev.respite.outcome.ErrorKind;
import dev.respite.policy.FleetSpec;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The default budget's price of the retry of an overload signal, with and without proof that the target serves requests. */
class OverloadPriceTest {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    private static double lose() {
        return Math.nextDown(1.0);
    }

    @Test
    void fewDeclaredClients_thatAreNew_needNoProof() {
        FleetAccounts few = new FleetAccounts(FleetSpec.DEFAULT.withClients(20), 1);
        assertThat(few.take(timedOut(SECOND, SECOND), OverloadPriceTest::lose)).isPresent();
        FleetAccounts many = new FleetAccounts(FleetSpec.DEFAULT.withClients(200), 1);
        assertThat(many.overloadRetriesLeft()).isCloseTo(0.15, within(1e-9));
        assertThat(price(many, timedOut(SECOND, SECOND))).isCloseTo(10, within(1e-6));
    }

    /** The cost of a retry, by the largest random number that grants it. */
    private static double price(FleetAccounts accounts, FailedAttempt failed) {
        accounts.isCertain(failed);
        double credit = accounts.overloadRetriesLeft();
        double low = 0;
        double high = 1;
        for (int i = 0; i < 50; i++) {
            double number = (low + high) / 2;
            Optional<Grant> grant = accounts.take(failed, () -> number);
            grant.ifPresent(accounts::refund);
            if (grant.isEmpty()) {
                accounts.refund(new Grant(failed.kind(), 0, credit));
            }
            low = grant.isPresent() ? number : low;
            high = grant.isPresent() ? high : number;
        }
        return credit / low;
    }

    private static FailedAttempt timedOut(long now, long timeout) {
        return new FailedAttempt(ErrorKind.TIMEOUT, 1, now, timeout);
    }

    /** A client that has made a call a second, each of which took 10 ms. */
    private static FleetAccounts busy(long seconds) {
        FleetAccounts busy = new FleetAccounts(FleetSpec.DEFAULT, 1);
        for (int i = 1; i <= seconds; i++) {
            busy.succeeded(i * SECOND);
            busy.sample(10 * MILLI, i * SECOND + 10 * MILLI);
        }
        return busy;
    }

    @Test
    void timeout_withoutALaterSuccess_costsTenTimesAsMuch() {
        long now = 120 * SECOND;
        assertThat(price(busy(120), timedOut(now + SECOND, SECOND)))
                .as("a success that began when the attempt began")
                .isCloseTo(10, within(1e-6));
        assertThat(price(busy(120), timedOut(now + SECOND, SECOND + 1))).isCloseTo(1, within(1e-6));
        assertThat(price(busy(120), timedOut(now + 3 * SECOND, 3 * SECOND))).isCloseTo(10, within(1e-6));
    }

    @Test
    void timeout_afterALaterSuccessThatWasSlow_costsTenTimesAsMuch() {
        FleetAccounts slow = busy(120);
        slow.sample(500 * MILLI, 121 * SECOND);
        assertThat(price(slow, timedOut(121 * SECOND, SECOND))).isGreaterThan(9);
    }

    @Test
    void timeout_ofAClientWhoseRetriesHelp_needsNoProof() {
        FleetAccounts trusted = busy(120);
        for (int i = 0; i < 40; i++) {
            trusted.succeededAfterRetry(ErrorKind.TIMEOUT, 120 * SECOND);
        }
        assertThat(price(trusted, timedOut(121 * SECOND, SECOND))).isCloseTo(1, within(0.01));
    }

    @Test
    void timeout_thatIsShorterThanASecond_costsMore() {
        FleetAccounts accounts = busy(120);
        accounts.sample(10 * MILLI, 121 * SECOND);
        assertThat(price(accounts, timedOut(121 * SECOND, 200 * MILLI))).isCloseTo(5, within(1e-6));
        assertThat(price(accounts, timedOut(122 * SECOND, 100 * MILLI))).isCloseTo(100, within(1e-4));
    }

    /** A response that comes at once has waited for nothing: the last second counts. */
    @Test
    void rejection_withinASecondOfASuccess_costsOne() {
        FailedAttempt rejected = new FailedAttempt(ErrorKind.ofStatus(503), 1, 121 * SECOND - 1, MILLI);
        assertThat(price(busy(120), rejected)).isCloseTo(1, within(1e-6));
        rejected = new FailedAttempt(ErrorKind.ofStatus(503), 1, 121 * SECOND + 1, MILLI);
        assertThat(price(busy(120), rejected)).isCloseTo(10, within(1e-6));
    }

    @Test
    void slowOverloadSignal_costsOne() {
        FleetAccounts fresh = new FleetAccounts(FleetSpec.DEFAULT, 1);
        for (int i = 1; i <= 8; i++) {
            fresh.sample(10 * MILLI, i * SECOND);
        }
        fresh.failed(new FailedAttempt(ErrorKind.TIMEOUT, 1, 0, SECOND));
        assertThat(fresh.take(new FailedAttempt(ErrorKind.TIMEOUT, 1, 0, SECOND), OverloadPriceTest::lose))
                .contains(new Grant(ErrorKind.TIMEOUT, 0, 1));
    }
}
