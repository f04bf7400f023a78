package dev.respite.sim.scenario;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.respite.admission.RetryAdmission;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The ranges of the numbers and times of a scenario. */
class ScenarioRangesTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofHours(24);
    private static final Service STORE = Service.named("store");
    private static final Load LOAD = Load.even("store", 5);

    private static Arguments number(String what, DoubleConsumer created, double least, double most) {
        return arguments(what, created, least, most, 1e-5);
    }

    private static Arguments count(String what, DoubleConsumer created, double least, double most) {
        return arguments(what, created, least, most, 1.0);
    }

    private static Arguments ratio(String what, DoubleConsumer created) {
        return number(what, created, 0, 1);
    }

    static Stream<Arguments> numbers() {
        return Stream.of(
                number("rate", Arrivals::poisson, 0.001, 1e7),
                number("rate", Arrivals::even, 0.001, 1e7),
                number("rate", rate -> Arrivals.ramp(List.of(1.0, rate), List.of(SECOND, SECOND)), 0.001, 1e7),
                count("calls", calls -> Arrivals.burst((int) calls, SECOND), 1, 1e7),
                count("users", users -> Arrivals.closed((int) users, Distribution.constant(SECOND)), 1, 1e7),
                count("clients", clients -> LOAD.clients((int) clients), 1, 1e7),
                number("factor", factor -> Distribution.exponential(SECOND, factor, 0.5), 1, 1_000),
                ratio("ratio", ratio -> Distribution.exponential(SECOND, 10, ratio)),
                number("sigma", sigma -> Distribution.logNormal(SECOND, sigma), 0, 5),
                ratio("ratio", ratio -> Distribution.bimodal(SECOND, SECOND, ratio)),
                ratio("loss", loss -> Scenario.builder("lossy").network(Distribution.constant(SECOND), loss)),
                count("replicas", replicas -> STORE.replicas((int) replicas), 1, 10_000),
                count("workers", workers -> STORE.workers((int) workers), 1, 1e6),
                number("slow-start", factor -> STORE.slowStart(factor, SECOND), 1, 1_000),
                ratio("failures", failures -> STORE.failures(failures, 500)),
                ratio("failures", STORE::silences),
                count("status", status -> STORE.failures(0.5, (int) status), 400, 599),
                number("rate-limit", rate -> STORE.rateLimit(rate, 1), 0.001, 1e7),
                count("burst", burst -> STORE.rateLimit(5, (int) burst), 1, 1e6),
                number("failure-rate", rate -> BreakerSpec.own(rate, 1, SECOND), 0.001, 1),
                count("window", window -> BreakerSpec.own(0.5, (int) window, SECOND), 1, 100_000),
                number("by", factor -> Fault.slow("store", factor), 1, 1_000),
                ratio("to", share -> Fault.capacity("store", share)),
                ratio("ratio", share -> Fault.errors("store", share)),
                ratio("ratio", share -> Fault.failFast("store", share)),
                ratio("ratio", share -> Fault.throttle("store", share)));
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void number_outOfItsRange_isRejected(String what, DoubleConsumer created, double least, double most, double step) {
        created.accept(least);
        created.accept(most);

        String range = ": must be from " + plain(least) + " to " + plain(most);
        for (double wrong : new double[] {least - step, most + step}) {
            assertThatThrownBy(() -> created.accept(wrong))
                    .isInstanceOf(InvalidScenarioException.class)
                    .hasMessageStartingWith(what + " ")
                    .hasMessageEndingWith(range);
        }
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    private static Arguments time(String what, Consumer<Duration> created) {
        return arguments(what, created);
    }

    static Stream<Arguments> times() {
        return Stream.of(
                time("time", Distribution::constant),
                time("mean", Distribution::exponential),
                time("mean", mean -> Distribution.exponential(mean, 10, 0.5)),
                time("mean", mean -> Distribution.logNormal(mean, 1)),
                time("usual time", usual -> Distribution.bimodal(usual, SECOND, 0.5)),
                time("other time", other -> Distribution.bimodal(SECOND, other, 0.5)),
                time("retry-after", STORE::retryAfter),
                time("at", Fault.down("store")::at),
                time("ramp", Fault.down("store")::ramp));
    }

    static Stream<Arguments> positiveTimes() {
        return Stream.of(
                time("every", every -> Arrivals.burst(1, every)),
                time("duration", Scenario.builder("long")::duration),
                time("slow-start", lasting -> STORE.slowStart(3, lasting)),
                time("timeout", timeout -> STORE.calls("other", timeout)),
                time("timeout", LOAD::timeout),
                time("hedge", LOAD::hedge),
                time("for", Fault.down("store")::duration));
    }

    static Stream<Arguments> openTimes() {
        return Stream.of(time("open", open -> BreakerSpec.own(0.5, 1, open)));
    }

    @ParameterizedTest
    @MethodSource({"times", "positiveTimes", "openTimes"})
    void time_outOfItsRange_isRejected(String what, Consumer<Duration> created) {
        created.accept(DAY);

        for (Duration wrong : List.of(DAY.plusNanos(1), Duration.ofNanos(-1))) {
            assertThatThrownBy(() -> created.accept(wrong))
                    .isInstanceOf(InvalidScenarioException.class)
                    .hasMessage(what + " " + wrong + ": must be from 0 to 24h");
        }
    }

    @ParameterizedTest
    @MethodSource("positiveTimes")
    void time_ofZero_isRejectedWhereNothingWouldHappen(String what, Consumer<Duration> created) {
        assertThatThrownBy(() -> created.accept(Duration.ZERO))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(what + " 0: must be longer than that");
    }

    @Test
    void breaker_openForLessThanAMillisecond_isRejected() {
        BreakerSpec.own(0.5, 1, Duration.ofMillis(1));

        assertThatThrownBy(() -> BreakerSpec.own(0.5, 1, Duration.ofNanos(999_999)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("open in milliseconds 0: must be from 1 to 86400000");
    }

    @Test
    void queueLimitOfRetries_outOfTheRangeOfTheRule_isRejected() {
        for (Duration limit : List.of(Duration.ofMillis(1), Duration.ofMinutes(1))) {
            STORE.refuseRetries(limit);
            RetryAdmission.defaults().withQueueLimit(limit);
        }

        assertThatThrownBy(() -> STORE.refuseRetries(Duration.ofNanos(999_999)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("refuse-retries in milliseconds 0.999999: must be from 1 to 60000");
        assertThatThrownBy(() -> STORE.refuseRetries(Duration.ofMinutes(1).plusNanos(1)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageEndingWith(": must be from 1 to 60000");
        assertThatThrownBy(() -> STORE.refuseRetries(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageStartingWith("refuse-retries ");
    }

    @ParameterizedTest
    @MethodSource("times")
    void time_ofZero_isAccepted(String what, Consumer<Duration> created) {
        created.accept(Duration.ZERO);
    }
}
