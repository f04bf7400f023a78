package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Timeouts of properties, of which YAML reads "off" as false. */
class TimeLimitTest {

    @Test
    void timeLimit_off_isNone() {
        assertThat(TimeLimit.valueOf("off").limit()).isEmpty();
        assertThat(TimeLimit.valueOf("false").limit()).isEmpty();
        assertThat(TimeLimit.of(false).limit()).isEmpty();
    }

    @Test
    void timeLimit_duration_isRead() {
        assertThat(TimeLimit.valueOf("30s").limit()).contains(Duration.ofSeconds(30));
    }

    @Test
    void timeLimit_true_isRejectedWithTheForms() {
        assertThatThrownBy(() -> TimeLimit.of(true)).hasMessage("true: a timeout is a duration, such as 30s, or off");
    }
}
