package dev.respite.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAdmissionTest {

    private static final long LIMIT_NANOS = 100_000_000;
    private static final OptionalLong UNKNOWN = OptionalLong.empty();

    /** An empty wait is unknown, and a limit of 0 stands for none. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 1, 0, true",
        "1, 60000000000, 1, 0, true",
        "1, 60000000000, 1000, 10, true",
        "2, , 1, 0, true",
        "2, , 1000000, 0, true",
        "2, 0, 1, 0, true",
        "2, 99999999, 1, 0, true",
        "2, 100000000, 1, 0, true",
        "2, 100000001, 1, 0, false",
        "1000, 100000001, 1, 0, false",
        "2, , 10, 10, true",
        "2, , 11, 10, false",
        "2, 0, 11, 10, false",
        "2, 100000001, 1, 10, false",
        "1, , 11, 10, true",
    })
    void decision_dependsOnAttemptWaitAndRequestsInProgress(
            int attempt, Long waitedNanos, int inProgress, int limit, boolean isAdmitted) {
        RetryAdmission admission = limit == 0
                ? RetryAdmission.defaults()
                : RetryAdmission.defaults().withInProgressLimit(limit);
        OptionalLong waited = waitedNanos == null ? UNKNOWN : OptionalLong.of(waitedNanos);
        assertThat(admission.admits(attempt, waited, inProgress)).isEqualTo(isAdmitted);
    }

    @Test
    void queueLimit_ofATimeout_isATenth() {
        assertThat(RetryAdmission.ofTimeout(Duration.ofSeconds(2)).queueLimit()).isEqualTo(Duration.ofMillis(200));
        assertThat(RetryAdmission.defaults().queueLimit()).isEqualTo(Duration.ofNanos(LIMIT_NANOS));
    }

    @Test
    void queueLimit_thatIsSet_isTheLimitOfTheDecision() {
        RetryAdmission admission = RetryAdmission.defaults().withQueueLimit(Duration.ofMillis(7));
        assertThat(admission.admits(2, OptionalLong.of(7_000_000), 1)).isTrue();
        assertThat(admission.admits(2, OptionalLong.of(7_000_001), 1)).isFalse();
    }

    @Test
    void settings_areKeptByTheOtherSetter() {
        RetryAdmission first = RetryAdmission.defaults().withInProgressLimit(5).withQueueLimit(Duration.ofSeconds(1));
        RetryAdmission second =
                RetryAdmission.defaults().withQueueLimit(Duration.ofSeconds(1)).withInProgressLimit(5);
        assertThat(first).hasToString(second.toString());
        assertThat(first).hasToString("RetryAdmission[queueLimit=PT1S, inProgressLimit=5]");
        assertThat(first.queueLimit()).isEqualTo(Duration.ofSeconds(1));
        assertThat(second.inProgressLimit()).hasValue(5);
    }

    @Test
    void defaults_haveNoLimitOfRequestsInProgress() {
        assertThat(RetryAdmission.defaults().inProgressLimit()).isEqualTo(OptionalInt.empty());
        assertThat(RetryAdmission.defaults()).hasToString("RetryAdmission[queueLimit=PT0.1S]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.000999999S", "PT1M0.000000001S", "P1000000000D"})
    void queueLimit_outOfItsRange_isRefusedWithValueRuleAndRemedy(Duration limit) {
        assertThatThrownBy(() -> RetryAdmission.defaults().withQueueLimit(limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("queue limit " + limit
                        + ": must be from PT0.001S to PT1M; use a tenth of the clients' timeout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.001S", "PT1M"})
    void queueLimit_atTheEndOfItsRange_isAccepted(Duration limit) {
        assertThat(RetryAdmission.defaults().withQueueLimit(limit).queueLimit()).isEqualTo(limit);
        assertThat(RetryAdmission.ofTimeout(limit.multipliedBy(10)).queueLimit())
                .isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.009999999S", "PT10M0.000000001S"})
    void clientTimeout_outOfItsRange_isRefusedWithValueRuleAndRemedy(Duration timeout) {
        assertThatThrownBy(() -> RetryAdmission.ofTimeout(timeout))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("client timeout " + timeout
                        + ": must be from PT0.01S to PT10M; use the timeout of one attempt of the clients");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1_000_001, Integer.MAX_VALUE})
    void inProgressLimit_outOfItsRange_isRefusedWithValueRuleAndRemedy(int limit) {
        assertThatThrownBy(() -> RetryAdmission.defaults().withInProgressLimit(limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("limit of requests in progress " + limit
                        + ": must be from 1 to 1000000; omit withInProgressLimit for no limit");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000_000})
    void inProgressLimit_atTheEndOfItsRange_isAccepted(int limit) {
        assertThat(RetryAdmission.defaults().withInProgressLimit(limit).inProgressLimit())
                .hasValue(limit);
    }

    @Test
    void attempt_belowOne_isRefused() {
        assertThatThrownBy(() -> RetryAdmission.defaults().admits(0, UNKNOWN, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("attempt 0: must be at least 1; the first attempt of a call has the number 1");
    }
}
