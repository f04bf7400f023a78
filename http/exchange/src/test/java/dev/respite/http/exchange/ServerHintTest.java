package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServerHintTest {

    @Test
    void none_always_neitherForbidsNorRequestsNorNamesADelay() {
        assertThat(ServerHint.NONE).isEqualTo(new MayRetry(false, Optional.empty()));
    }

    @Test
    void mayRetry_waitOfZero_isNotTheSameAsNone() {
        assertThat(new MayRetry(false, Optional.of(Duration.ZERO))).isNotEqualTo(ServerHint.NONE);
    }

    @Test
    void mayRetry_negativeWait_isRefusedWithItsValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MayRetry(true, Optional.of(Duration.ofNanos(-1))))
                .withMessage("not before PT-0.000000001S: a wait cannot be negative");
    }

    @Test
    void permittedSubclasses_always_areTheTwoThatCallersDispatchOn() {
        assertThat(ServerHint.class.getPermittedSubclasses()).containsExactly(DoNotRetry.class, MayRetry.class);
    }
}
