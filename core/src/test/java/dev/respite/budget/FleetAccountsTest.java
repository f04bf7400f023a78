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
import java.util.function.DoubleSupplier;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rule of the default budget, on times and chance that the test gives. */
@Tag("cases")
class FleetAccountsTest {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    private final FleetAccounts accounts = new FleetAccounts(FleetSpec.DEFAULT, 1);

    private static double win() {
        return 0;
    }

    private static double lose() {
        return Math.nextDown(1.0);
    }

    private static FailedAttempt failed(ErrorKind kind, long now) {
        return new FailedAttempt(kind, 1, now, 0);
    }

    private static int drain(FleetAccounts accounts, ErrorKind kind, long now, DoubleSupplier random) {
        int granted = 0;
        while (granted < 30 && accounts.take(failed(kind, now), random).isPresent()) {
            granted++;
        }
        return granted;
    }

    /** Successes a second apart. */
    private static long succeed(FleetAccounts accounts, int seconds, long from) {
        for (int i = 1; i <= seconds; i++) {
            accounts.succeeded(from + i * SECOND);
        }
        return from + seconds * SECOND;
    }

    @Test
    void newClient_grantsTwoRetriesOfOverloadSignalsAndEightOfOtherErrors() {
        for (double chance : new double[] {win(), lose()}) {
            FleetAccounts fresh = new FleetAccounts(FleetSpec.DEFAULT, 1);
            assertThat(drain(fresh, ErrorKind.TIMEOUT, 5, () -> chance)).isEqualTo(2);
            assertThat(drain(fresh, ErrorKind.IO, 5, () -> chance)).isEqualTo(8);
            assertThat(fresh.retriesLeft()).isZero();
            assertThat(fresh.overloadRetriesLeft()).isZero();
        }
    }

    @Test
    void newClient_ofWhichAPartIsLeft_beginsWithThatPart() {
        FleetAccounts quarter = new FleetAccounts(FleetSpec.DEFAULT, 0.25);
        assertThat(quarter.retriesLeft()).isEqualTo(2);
        assertThat(quarter.overloadRetriesLeft()).isEqualTo(0.5);
        assertThat(new FleetAccounts(FleetSpec.DEFAULT, 0).retriesLeft()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 50_000})
    void declaredClients_together_haveTheFleetsBurst(int clients) {
        FleetSpec spec = FleetSpec.DEFAULT.withClients(clients);
        FleetAccounts one = new FleetAccounts(spec, 1);
        assertThat(clients * one.overloadRetriesLeft()).isCloseTo(30, within(1e-6));
        assertThat(clients * one.retriesLeft()).isCloseTo(80, within(1e-6));
        Random random = new Random(clients);
        int overload = 0;
        int ordinary = 0;
        for (int i = 0; i < clients; i++) {
            FleetAccounts client = new FleetAccounts(spec, 1);
            client.sample(MILLI, 1);
            overload += drain(client, ErrorKind.ofStatus(503), 1, random::nextDouble);
            ordinary += drain(client, ErrorKind.IO, 1, random::nextDouble);
        }
        assertThat((double) overload).isCloseTo(30, within(3 * Math.sqrt(30)));
        assertThat((double) ordinary).isCloseTo(80, within(3 * Math.sqrt(80)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void declaredClients_ofWhichThereAreFew_haveTheCreditOfANewClientAtMost(int clients) {
        FleetAccounts one = new FleetAccounts(FleetSpec.DEFAULT.withClients(clients), 1);
        assertThat(one.overloadRetriesLeft()).isEqualTo(2);
        assertThat(one.retriesLeft()).isEqualTo(8);
    }

    @Test
    void failingClient_afterAMinuteOfSuccesses_grantsAboutOneRetryOfAnOrdinaryError() {
        long now = succeed(accounts, 60, 0);
        assertThat(accounts.retriesLeft()).isBetween(1.0, 5.0 / 3);
        assertThat(accounts.overloadRetriesLeft()).isLessThan(0.35);
        Random random = new Random(60);
        int granted = 0;
        for (int seed = 0; seed < 1_000; seed++) {
            FleetAccounts client = new FleetAccounts(FleetSpec.DEFAULT, 1);
            granted += drain(client, ErrorKind.IO, succeed(client, 60, 0) + SECOND, random::nextDouble);
        }
        assertThat(granted / 1_000.0).isBetween(1.0, 5.0 / 3);
        assertThat(drain(accounts, ErrorKind.IO, now, FleetAccountsTest::lose)).isEqualTo(1);
    }

    @Test
    void client_withFewerThanTwoCallsIn400Seconds_isNewAgain_butOnlySuccessesBringItsCreditBack() {
        long now = succeed(accounts, 60, 0);
        drain(accounts, ErrorKind.IO, now, FleetAccountsTest::lose);
        drain(accounts, ErrorKind.TIMEOUT, now, FleetAccountsTest::lose);
        now += 400 * SECOND;
        assertThat(drain(accounts, ErrorKind.IO, now, FleetAccountsTest::win))
                .as("time alone earns nothing")
                .isZero();
        now += 400 * SECOND;
        for (int i = 0; i < 100; i++) {
            accounts.succeeded(now);
        }
        assertThat(accounts.retriesLeft()).isEqualTo(8);
        assertThat(accounts.overloadRetriesLeft()).isCloseTo(2, within(1e-9));
    }

    @Test
    void client_thatCallsEveryThreeMinutes_doesNotBecomeNew() {
        long now = 0;
        for (int i = 0; i < 20; i++) {
            now += 180 * SECOND;
            accounts.succeeded(now);
        }
        assertThat(accounts.retriesLeft()).isLessThanOrEqualTo(5.0 / 3);
    }

    /** The attempts of one call may be far apart. */
    @Test
    void newClient_whoseCallFails_keepsItsCredit() {
        for (int i = 1; i <= 8; i++) {
            assertThat(accounts.take(failed(ErrorKind.IO, 60L * i * SECOND), FleetAccountsTest::lose))
                    .as("attempt " + i)
                    .isPresent();
        }
        assertThat(accounts.take(failed(ErrorKind.IO, 540 * SECOND), FleetAccountsTest::lose))
                .isEmpty();
    }

    @Test
    void client_thatCallsEveryFiveMinutes_isNewEachTime() {
        for (int i = 1; i <= 4; i++) {
            accounts.succeeded(300L * i * SECOND);
        }
        assertThat(drain(accounts, ErrorKind.TIMEOUT, 1_500 * SECOND, FleetAccountsTest::lose))
                .isEqualTo(2);
        assertThat(drain(accounts, ErrorKind.IO, 1_500 * SECOND, FleetAccountsTest::lose))
                .isEqualTo(8);
    }

    /** Otherwise the shares of 20 clients that call rarely would be more than a small target can serve. */
    @Test
    void shareForOrdinaryErrors_isAtMostTheCallsOfAQuarterOfASecond() {
        FleetSpec twenty = FleetSpec.DEFAULT.withClients(20);
        FleetAccounts busy = new FleetAccounts(twenty, 1);
        FleetAccounts rare = new FleetAccounts(twenty, 1);
        for (int i = 1; i <= 1_200; i++) {
            busy.succeeded(10L * i * MILLI);
            rare.succeeded(10L * i * SECOND);
        }
        busy.isCertain(failed(ErrorKind.IO, 12_010 * MILLI));
        rare.isCertain(failed(ErrorKind.IO, 12_030 * SECOND));
        assertThat(busy.retriesLeft()).as("the share of 80").isCloseTo(4, within(1e-6));
        assertThat(rare.retriesLeft()).isBetween(0.25 / 40, 0.01);
    }

    @Test
    void client_ofALargeDeclaredNumber_isNewWithItsShareOnly() {
        FleetAccounts declared = new FleetAccounts(FleetSpec.DEFAULT.withClients(1_000), 1);
        for (int i = 0; i < 100; i++) {
            declared.succeeded(3_600 * SECOND);
        }
        assertThat(declared.retriesLeft()).isLessThanOrEqualTo(5.0 / 3 + 1e-9);
    }

    @Test
    void trust_growsWithRetriesThatHelp() {
        long now = succeed(accounts, 120, 0);
        for (int i = 0; i < 20; i++) {
            accounts.succeededAfterRetry(ErrorKind.IO, now);
        }
        assertThat(accounts.retriesLeft())
                .as("five retries are kept: three for each of 5/3 successes")
                .isCloseTo(5, within(0.01));
        for (int i = 0; i < 20; i++) {
            accounts.succeededAfterRetry(ErrorKind.TIMEOUT, now);
        }
        assertThat(accounts.overloadRetriesLeft())
                .as("half of the credit of a new client, and what was earned")
                .isBetween(0.99, 2.0);
        accounts.succeeded(now + 3_600 * SECOND);
        assertThat(accounts.overloadRetriesLeft()).isGreaterThanOrEqualTo(0.99);
    }

    @Test
    void trust_fallsWithRetriesThatFail_andNotWithFirstAttempts() {
        long now = succeed(accounts, 120, 0);
        for (int i = 0; i < 20; i++) {
            accounts.succeededAfterRetry(ErrorKind.IO, now);
        }
        drain(accounts, ErrorKind.IO, now, FleetAccountsTest::lose);
        for (int i = 0; i < 200; i++) {
            accounts.failed(new FailedAttempt(ErrorKind.IO, 1, now, 0));
        }
        accounts.succeeded(now);
        assertThat(accounts.retriesLeft()).as("a trusted client earns three").isCloseTo(3, within(0.01));
        drain(accounts, ErrorKind.IO, now, FleetAccountsTest::lose);
        accounts.failed(new FailedAttempt(ErrorKind.IO, 2, now, 0));
        accounts.succeeded(now);
        assertThat(accounts.retriesLeft()).as("a tenth of the trust is lost").isCloseTo(1 + 2 * 0.9, within(0.01));
        for (int i = 0; i < 200; i++) {
            accounts.failed(new FailedAttempt(ErrorKind.IO, 2, now, 0));
        }
        drain(accounts, ErrorKind.IO, now, FleetAccountsTest::lose);
        accounts.succeeded(now);
        assertThat(accounts.retriesLeft()).isCloseTo(1, within(0.01));
    }

    @Test
    void trust_ofOverloadSignals_isHalvedByOneRetryThatFails() {
        long now = succeed(accounts, 120, 0);
        for (int i = 0; i < 20; i++) {
            accounts.succeededAfterRetry(ErrorKind.TIMEOUT, now);
        }
        accounts.failed(new FailedAttempt(ErrorKind.TIMEOUT, 2, now, 0));
        now = succeed(accounts, 300, now);
        assertThat(accounts.overloadRetriesLeft()).isBetween(0.5, 0.8);
    }

    @Test
    void overloadSignal_takesNoToken_andNoCreditOfOtherErrors() {
        FleetAccounts few = new FleetAccounts(
                FleetSpec.DEFAULT,
                new FleetTerms(
                        new FleetTerms.Funding(0.5, 3),
                        FleetTerms.DEFAULT.overload(),
                        FleetTerms.DEFAULT.ordinary(),
                        FleetTerms.DEFAULT.fresh(),
                        8),
                1);
        Optional<Grant> grant = few.take(failed(ErrorKind.THROTTLED, 0), FleetAccountsTest::lose);
        assertThat(grant).contains(new Grant(ErrorKind.THROTTLED, 0, 1));
        assertThat(few.retriesLeft()).isEqualTo(3);
        assertThat(drain(few, ErrorKind.IO, 0, FleetAccountsTest::lose))
                .as("limited by its tokens")
                .isEqualTo(3);
    }

    @Test
    void ordinaryError_takesATokenAndCredit() {
        assertThat(accounts.take(failed(ErrorKind.IO, 0), FleetAccountsTest::lose))
                .contains(new Grant(ErrorKind.IO, 1, 1));
        assertThat(accounts.retriesLeft()).isEqualTo(7);
    }

    @Test
    void hedge_takesATokenAndNoCredit() {
        assertThat(accounts.take(failed(RetryBudgets.HEDGE, 0), FleetAccountsTest::lose))
                .contains(new Grant(RetryBudgets.HEDGE, 1, 0));
        assertThat(accounts.retriesLeft()).as("the credit").isEqualTo(8);
        assertThat(drain(accounts, RetryBudgets.HEDGE, 0, FleetAccountsTest::lose))
                .as("the other tokens")
                .isEqualTo(19);
        assertThat(accounts.retriesLeft()).isZero();
    }

    @Test
    void slowOrdinaryError_costsMore_byTheFormulaOfTheBaseline() {
        for (int i = 1; i <= 8; i++) {
            accounts.sample(10 * MILLI, i * SECOND);
        }
        // 15 ms are the limit; 1.2 times that cost 1.2 to the power of 8.
        double price = Math.pow(1.2, 8);
        Grant grant = accounts.take(
                        new FailedAttempt(ErrorKind.OTHER, 1, 8 * SECOND, 18 * MILLI), FleetAccountsTest::lose)
                .orElseThrow();
        assertThat(grant.tokens()).isCloseTo(price, within(1e-4));
        assertThat(grant.credit()).isCloseTo(price, within(1e-4));
        assertThat(accounts.retriesLeft()).isCloseTo(8 - price, within(1e-4));
        assertThat(accounts.take(new FailedAttempt(ErrorKind.OTHER, 1, 8 * SECOND, 30 * MILLI), FleetAccountsTest::win))
                .as("more than there are tokens")
                .isEmpty();
        assertThat(accounts.retriesLeft()).as("and then nothing is taken").isCloseTo(8 - price, within(1e-4));
    }

    @Test
    void timeThatRunsBackwards_changesNothing() {
        long now = succeed(accounts, 60, 0);
        double ordinary = accounts.retriesLeft();
        double overload = accounts.overloadRetriesLeft();
        for (long back : new long[] {1, SECOND, 10 * SECOND}) {
            Grant grant = accounts.take(failed(ErrorKind.IO, now - back), FleetAccountsTest::lose)
                    .orElseThrow();
            accounts.refund(grant);
            assertThat(accounts.retriesLeft()).isCloseTo(ordinary, within(1e-9));
            assertThat(accounts.overloadRetriesLeft()).isEqualTo(overload);
        }
        accounts.take(failed(ErrorKind.TIMEOUT, now), FleetAccountsTest::lose);
        assertThat(accounts.retriesLeft())
                .as("the time that was known before is not counted twice")
                .isCloseTo(ordinary, within(1e-9));
    }

    @Test
    void firstTime_isNoTimeThatHasPassed() {
        for (long first : new long[] {Long.MIN_VALUE, -1, 1, Long.MAX_VALUE}) {
            FleetAccounts client = new FleetAccounts(FleetSpec.DEFAULT, 1);
            assertThat(drain(client, ErrorKind.IO, first, FleetAccountsTest::lose))
                    .isEqualTo(8);
        }
    }

    @Test
    void client_thatIsNewAgainAfterASuccess_hasItsCreditAtOnce() {
        long now = succeed(accounts, 120, 0) + 400 * SECOND;
        assertThat(drain(accounts, ErrorKind.TIMEOUT, now, FleetAccountsTest::lose))
                .isEqualTo(2);
        assertThat(drain(accounts, ErrorKind.IO, now, FleetAccountsTest::lose)).isEqualTo(8);
    }

    /** A deadlock is found after a second, in a database that has nothing else to do. */
    @Test
    void errorThatSaysNothingOfAQueue_hasNoPriceOfItsLatency() {
        for (int i = 0; i < 20; i++) {
            accounts.sample(2 * MILLI, i * SECOND);
        }
        for (ErrorKind kind : List.of(ErrorKind.SQL, ErrorKind.CONNECT, ErrorKind.IO)) {
            assertThat(accounts.take(new FailedAttempt(kind, 1, 20 * SECOND, SECOND), FleetAccountsTest::lose))
                    .as(kind.name())
                    .hasValueSatisfying(grant -> assertThat(grant.tokens()).isEqualTo(1));
        }
        assertThat(accounts.take(new FailedAttempt(ErrorKind.OTHER, 1, 20 * SECOND, SECOND), FleetAccountsTest::lose))
                .isEmpty();
    }

    @Test
    void hedges_earnNoTrust() {
        FleetAccounts hedged = new FleetAccounts(FleetSpec.DEFAULT, 1);
        long now = succeed(accounts, 60, 0);
        succeed(hedged, 60, 0);
        for (int i = 0; i < 50; i++) {
            accounts.succeeded(now);
            hedged.succeededAfterRetry(RetryBudgets.HEDGE, now);
        }
        assertThat(hedged.retriesLeft()).isEqualTo(accounts.retriesLeft());
    }

    @Test
    void accounts_ofAnotherSpecification_areNoFuller() {
        drain(accounts, ErrorKind.TIMEOUT, 0, FleetAccountsTest::lose);
        FleetAccounts few = new FleetAccounts(FleetSpec.DEFAULT.withClients(5), accounts);
        assertThat(few.overloadRetriesLeft()).isZero();
        assertThat(few.retriesLeft()).isEqualTo(8);
        assertThat(new FleetAccounts(FleetSpec.DEFAULT.withClients(1_000), accounts).retriesLeft())
                .isCloseTo(0.08, within(1e-9));
    }

    /** The new accounts keep the age of the old ones. */
    @Test
    void accounts_ofTheSameSpecification_goOnAgeing() {
        long now = succeed(accounts, 60, 1_000 * SECOND);
        FleetAccounts same = new FleetAccounts(FleetSpec.DEFAULT, accounts);
        accounts.succeeded(now + 10 * SECOND);
        same.succeeded(now + 10 * SECOND);
        assertThat(same.retriesLeft()).isEqualTo(accounts.retriesLeft());
        assertThat(same.overloadRetriesLeft()).isEqualTo(accounts.overloadRetriesLeft());
    }

    @Test
    void nanoTime_thatWrapsAround_goesOn() {
        long now = succeed(accounts, 60, Long.MAX_VALUE - 30 * SECOND);
        FleetAccounts plain = new FleetAccounts(FleetSpec.DEFAULT, 1);
        succeed(plain, 60, 0);
        assertThat(now).isNegative();
        assertThat(accounts.retriesLeft()).isEqualTo(plain.retriesLeft());
    }
}
