package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.VirtualTime;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeadlineTest {

    private final VirtualTime time = new VirtualTime(1);

    @Test
    void left_ofADeadline_shrinksToZero() {
        Deadline deadline = Deadline.after(Optional.of(Duration.ofSeconds(3)), time);
        assertThat(deadline.remaining()).contains(Duration.ofSeconds(3));
        time.advance(Duration.ofSeconds(2));
        assertThat(deadline.remaining()).contains(Duration.ofSeconds(1));
        time.advance(Duration.ofSeconds(60));
        assertThat(deadline.remaining()).contains(Duration.ZERO);
        assertThat(deadline.limit()).contains(Duration.ofSeconds(3));
    }

    @Test
    void within_ofADeadline_isTheLessOfBoth() {
        Deadline deadline = Deadline.after(Optional.of(Duration.ofNanos(300)), time);
        assertThat(deadline.within(200)).isEqualTo(200);
        assertThat(deadline.within(400)).isEqualTo(300);
        time.advance(Duration.ofNanos(400));
        assertThat(deadline.within(200)).isZero();
    }

    @Test
    void none_hasNoEnd() {
        assertThat(Deadline.NONE.remaining()).isEmpty();
        assertThat(Deadline.NONE.within(5)).isEqualTo(5);
    }

    @Test
    void limit_ofCenturies_doesNotOverflow() {
        Deadline deadline = Deadline.after(Optional.of(Duration.ofDays(365_000_000)), time);
        assertThat(deadline.remaining().orElseThrow()).isPositive();
    }
}
