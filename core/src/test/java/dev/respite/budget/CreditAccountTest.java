package dev.respite.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** One account of the default budget: its grants, its decay and its limits. */
@Tag("cases")
class CreditAccountTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long MEMORY = 5 * SECOND;

    private static double lose() {
        return Math.nextDown(1.0);
    }

    private static double win() {
        return 0;
    }

    private static double none() {
        throw new AssertionError("a whole retry needs no chance");
    }

    private static CreditAccount account(double value) {
        return new CreditAccount(new FleetTerms.Account(2, 30, 0.02, Duration.ofNanos(MEMORY)), value);
    }

    @Test
    void take_ofWhatIsThere_isGrantedWithoutChance() {
        CreditAccount account = account(2.5);
        assertThat(account.take(1, CreditAccountTest::none)).isEqualTo(1);
        assertThat(account.take(1, CreditAccountTest::none)).isEqualTo(1);
        assertThat(account.value()).isEqualTo(0.5);
    }

    @Test
    void take_ofMoreThanIsThere_takesAllOfItWhetherGrantedOrNot() {
        CreditAccount account = account(0.5);
        assertThat(account.take(1, CreditAccountTest::win)).isEqualTo(0.5);
        assertThat(account.value()).isZero();
        account.add(0.5, 1);
        assertThat(account.take(1, CreditAccountTest::lose)).isNegative();
        assertThat(account.value()).isZero();
    }

    @Test
    void take_ofNothing_isRefusedWithoutChance() {
        assertThat(account(0).take(1, CreditAccountTest::none)).isNegative();
    }

    @Test
    void take_atTheEdgeOfItsPart_isRefused() {
        assertThat(account(0.5).take(1, () -> 0.5)).isNegative();
        assertThat(account(0.5).take(1, () -> Math.nextDown(0.5))).isEqualTo(0.5);
        assertThat(account(0.5).take(2, () -> 0.25)).isNegative();
        assertThat(account(0.5).take(2, () -> Math.nextDown(0.25))).isEqualTo(0.5);
    }

    @Test
    void take_ofWholeRetriesThatWereEarnedInParts_isNotSpoiledByRounding() {
        CreditAccount account = account(0);
        for (int i = 0; i < 50; i++) {
            account.add(0.02, 2);
        }
        assertThat(account.take(1, CreditAccountTest::none)).isEqualTo(1);
        assertThat(account.value()).isBetween(0.0, 1e-9);
    }

    @Test
    void decay_afterTheMemory_leaves37PercentOfWhatIsAboveTheFloor() {
        CreditAccount account = account(2);
        account.decay(MEMORY, 0.5);
        assertThat(account.value()).isCloseTo(0.5 + 1.5 / Math.E, within(1e-12));
    }

    @Test
    void decay_belowTheFloor_changesNothing() {
        CreditAccount account = account(0.25);
        account.decay(1_000 * SECOND, 0.5);
        assertThat(account.value()).isEqualTo(0.25);
    }

    @Test
    void add_aboveTheLimit_keepsWhatIsThere() {
        CreditAccount account = account(8);
        account.add(1, 2);
        assertThat(account.value()).isEqualTo(8);
    }

    @Property
    void decay_ofAnyTime_goesTowardTheFloorAndNotPastIt(
            @ForAll @DoubleRange(min = 0, max = 1_000) double value,
            @ForAll @DoubleRange(min = 0, max = 1_000) double floor,
            @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long nanos) {
        CreditAccount account = account(value);
        account.decay(nanos, floor);
        assertThat(account.value()).isBetween(Math.min(value, floor), value);
    }

    @Property
    void decay_inTwoSteps_isThatOfOne(
            @ForAll @DoubleRange(min = 0, max = 1_000) double value,
            @ForAll @LongRange(min = 1, max = 60 * SECOND) long first,
            @ForAll @LongRange(min = 1, max = 60 * SECOND) long second) {
        CreditAccount once = account(value);
        CreditAccount twice = account(value);
        once.decay(first + second, 0.5);
        twice.decay(first, 0.5);
        twice.decay(second, 0.5);
        assertThat(twice.value()).isCloseTo(once.value(), within(1e-9));
    }

    @Property
    void anySequence_keepsTheValueWithinItsLimits(
            @ForAll @Size(max = 60) List<@LongRange(min = 0, max = 3_999_999) Long> steps, @ForAll long seed) {
        CreditAccount account = account(2);
        Random random = new Random(seed);
        for (long step : steps) {
            double amount = (step >> 2) / 1_000_000.0 * 3;
            switch ((int) (step & 3)) {
                case 0 -> account.add(amount, 2);
                case 1 -> account.decay(step * 10_000, 0.3);
                default -> {
                    double before = account.value();
                    double paid = account.take(1 + amount, random::nextDouble);
                    assertThat(paid < 0 || (paid <= 1 + amount && paid <= before + 1e-9))
                            .isTrue();
                }
            }
            assertThat(account.value()).isBetween(0.0, 2.0);
        }
    }

    @Test
    void lottery_overManySeeds_grantsWhatIsInTheAccount() {
        int clients = 40_000;
        for (double value : new double[] {0.003, 0.03, 0.3, 0.8, 1.67, 2.5}) {
            for (double price : new double[] {1, 1.7, 4}) {
                long granted = 0;
                for (int seed = 0; seed < clients; seed++) {
                    Random random = new Random(seed * 31L + 7);
                    CreditAccount account = account(value);
                    for (int i = 0; i < 4; i++) {
                        granted += account.take(price, random::nextDouble) >= 0 ? 1 : 0;
                    }
                }
                double expected = value / price;
                double fraction = expected - Math.floor(expected);
                double error = Math.sqrt(fraction * (1 - fraction) / clients);
                assertThat(granted / (double) clients)
                        .as("%s at the price %s", value, price)
                        .isCloseTo(expected, within(3 * error + 1e-9));
            }
        }
    }
}
