package dev.respite.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.sim.scenario.Distribution;
import dev.respite.sim.scenario.Fault;
import dev.respite.sim.scenario.Load;
import dev.respite.sim.scenario.Scenario;
import dev.respite.sim.scenario.Service;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The definition of recovery, on series that are made by hand: a fault from 10 to 12 s, ten calls a second, 60 s. */
class RecoverySecondsTest {

    private static final Scenario SCENARIO = Scenario.builder("made")
            .duration(Duration.ofSeconds(60))
            .service(Service.named("service"))
            .load(Load.even("service", 10))
            .fault(Fault.down("service").at(Duration.ofSeconds(10)).duration(Duration.ofSeconds(2)))
            .build();

    private static Series goodWhere(IntPredicate good) {
        List<Double> goodput = IntStream.range(0, 60)
                .mapToObj(second -> good.test(second) ? 10.0 : 0.0)
                .toList();
        List<Double> none = Collections.nCopies(60, 0.0);
        return new Series(Collections.nCopies(60, 10.0), none, goodput, goodput, none, none, none);
    }

    @Test
    void goodput_thatIsBack_countsFromTheEndOfTheFault() {
        assertThat(RecoveryTime.seconds(SCENARIO, goodWhere(second -> second < 10 || second >= 15)))
                .hasValue(3);
        assertThat(RecoveryTime.seconds(SCENARIO, goodWhere(second -> true))).hasValue(0);
    }

    @Test
    void goodput_thatDoesNotStay_doesNotCount() {
        assertThat(RecoveryTime.seconds(SCENARIO, goodWhere(second -> second < 10 || (second >= 15 && second != 25))))
                .hasValue(14);
    }

    @Test
    void goodput_mustStayForTwentySeconds() {
        assertThat(RecoveryTime.seconds(SCENARIO, goodWhere(second -> second != 31)))
                .hasValue(20);
        assertThat(RecoveryTime.seconds(SCENARIO, goodWhere(second -> second != 32)))
                .hasValue(0);
    }

    @Test
    void goodput_thatNeverStays_isNoRecovery() {
        assertThat(RecoveryTime.seconds(SCENARIO, goodWhere(second -> second < 10 || second % 10 < 8)))
                .isEmpty();
    }

    @Test
    void goodput_ofUsersWhoWait_isComparedWithTheirCalls_ifNoneSucceededBefore() {
        Scenario closed = Scenario.builder("closed")
                .service(Service.named("service"))
                .load(Load.closed("service", 10, Distribution.constant(Duration.ofSeconds(1))))
                .fault(Fault.down("service").duration(Duration.ofSeconds(12)))
                .build();
        assertThat(RecoveryTime.seconds(closed, goodWhere(second -> false))).isEmpty();
        assertThat(RecoveryTime.seconds(closed, goodWhere(second -> second >= 15)))
                .hasValue(3);
    }

    /** After the fault five calls a second begin and succeed: of users who wait, ten did before it. */
    @Test
    void goodput_ofUsersWhoWait_isComparedWithThatBeforeTheFault() {
        List<Double> calls = IntStream.range(0, 60)
                .mapToObj(second -> second < 10 ? 10.0 : second < 30 ? 5.0 : 10.0)
                .toList();
        List<Double> none = Collections.nCopies(60, 0.0);
        Series series = new Series(calls, none, calls, calls, none, none, none);
        Scenario closed = Scenario.builder("closed")
                .service(Service.named("service"))
                .load(Load.closed("service", 10, Distribution.constant(Duration.ofSeconds(1))))
                .fault(Fault.down("service").at(Duration.ofSeconds(10)).duration(Duration.ofSeconds(2)))
                .build();

        assertThat(RecoveryTime.seconds(closed, series)).hasValue(18);
        assertThat(RecoveryTime.seconds(SCENARIO, series)).hasValue(0);
    }

    @Test
    void run_thatEndsTooEarlyAfterTheFault_showsNoRecovery() {
        Fault fault = Fault.down("service").at(Duration.ofSeconds(30));
        assertThat(withFault(fault.duration(Duration.ofSeconds(10))).showsRecovery())
                .isTrue();
        assertThat(withFault(fault.duration(Duration.ofMillis(10_001))).showsRecovery())
                .isFalse();
        assertThat(SCENARIO.showsRecovery()).isTrue();
    }

    private static Scenario withFault(Fault fault) {
        return Scenario.builder("made")
                .service(Service.named("service"))
                .load(Load.even("service", 10))
                .fault(fault)
                .build();
    }

    @Test
    void goodput_isComparedWithTheLoad_beforeAndAfter() {
        Series series = goodWhere(second -> second < 10 || second >= 50);
        assertThat(RecoveryTime.meanBefore(SCENARIO, series)).isEqualTo(10);
        assertThat(RecoveryTime.meanAfter(series)).isEqualTo(5);
    }

    /** Runs with so many calls a second, of which 5 s after the fault fail. */
    private static Series fewCalls(double calls) {
        List<Double> begun = Collections.nCopies(60, calls);
        List<Double> none = Collections.nCopies(60, 0.0);
        List<Double> successes = IntStream.range(0, 60)
                .mapToObj(second -> second >= 10 && second < 17 ? 0 : calls)
                .toList();
        return new Series(begun, none, none, successes, none, none, none);
    }

    /** 19 of 20 s are 95 %, and 5 of 5 s. */
    @Test
    void recoveryOfAComparison_hasWindowsOfAThousandCalls() {
        assertThat(recovery(fewCalls(10))).hasValue(4);
        assertThat(recovery(Collections.nCopies(10, fewCalls(10)).toArray(Series[]::new)))
                .hasValue(5);
        assertThat(recovery(fewCalls(200))).hasValue(5);
    }

    private static OptionalInt recovery(Series... runs) {
        return RecoveryTime.of(SCENARIO, List.of(runs)).seconds();
    }

    /** Half of the calls succeed before the fault and after it. */
    @Test
    void recoveryOfAComparison_isComparedWithTheSuccessBeforeTheFault() {
        Series half = new Series(
                Collections.nCopies(60, 400.0),
                Collections.nCopies(60, 0.0),
                Collections.nCopies(60, 0.0),
                Collections.nCopies(60, 200.0),
                Collections.nCopies(60, 0.0),
                Collections.nCopies(60, 0.0),
                Collections.nCopies(60, 0.0));

        assertThat(recovery(half)).hasValue(0);
    }

    @Test
    void recoveryOfAComparison_countsTheCallsOfAllRunsTogether() {
        Series never = goodWhere(second -> second < 10);
        Series always = goodWhere(second -> true);
        RecoveryTime both = RecoveryTime.of(SCENARIO, List.of(never, always));

        assertThat(both.seconds()).isEmpty();
        assertThat(both.without(never).seconds()).hasValue(0);
        assertThat(recovery(goodWhere(second -> second == 0 || second > 11), always))
                .hasValue(0);
    }
}
