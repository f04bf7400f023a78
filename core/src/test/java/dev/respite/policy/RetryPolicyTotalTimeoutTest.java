package dev.respite.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPolicyTotalTimeoutTest {

    @ParameterizedTest
    @CsvSource({"30s, PT10S, PT10S", "30s, PT30S, PT30S", "30s, PT40S, PT30S", "off, PT40S, PT40S", "30s, PT0S, PT0S"})
    void withTotalTimeoutAtMost_hasTheShorterOfBoth(String policys, Duration most, Duration expected) {
        RetryPolicy policy = RetryPolicy.parse("total-timeout=" + policys);
        assertThat(policy.withTotalTimeoutAtMost(most).limits().totalTimeout()).contains(expected);
    }

    @Test
    void withTotalTimeoutAtMost_negative_isRejected() {
        assertThatThrownBy(() -> RetryPolicy.defaults().withTotalTimeoutAtMost(Duration.ofMillis(-5)))
                .isInstanceOf(InvalidPolicyException.class)
                .hasMessage("total-timeout=-5ms: a duration is not negative, such as 100ms");
    }

    @Test
    void withTotalTimeoutAtMost_keepsAllElse() {
        RetryPolicy policy =
                RetryPolicy.parse("max-attempts=5 base-delay=1s attempt-timeout=2s budget=10% retry-on=grpc:ABORTED"
                        + " on.timeout.max-attempts=2 total-timeout=60s acknowledge=no-jitter");
        RetryPolicy shorter = policy.withTotalTimeoutAtMost(Duration.ofSeconds(20));
        assertThat(shorter)
                .isEqualTo(RetryPolicy.parse(policy.toString().replace("total-timeout=1m", "total-timeout=20s")));
        assertThat(shorter.acknowledged()).isEqualTo(policy.acknowledged());
    }
}
