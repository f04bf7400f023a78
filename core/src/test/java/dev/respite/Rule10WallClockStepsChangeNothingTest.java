package dev.respite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import dev.respite.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Durations use the monotonic clock only; wall-clock steps change nothing. */
class Rule10WallClockStepsChangeNothingTest {

    private static final RetryPolicy POLICY =
            RetryPolicy.parse("max-attempts=20 total-timeout=5s base-delay=50ms budget=success:0.5/20/10");

    @Property(tries = 200)
    void call_whileTheWallClockJumps_isTheSameCall(@ForAll long seed) {
        List<RetryEvent> steady = events(new VirtualTime(seed));
        List<RetryEvent> jumping = events(new JumpingTime(new VirtualTime(seed)));
        assertThat(jumping.toString()).isEqualTo(steady.toString());
    }

    private static List<RetryEvent> events(TimeSource time) {
        Recorder recorder = new Recorder();
        Retry retry = Retry.withoutWarnings(POLICY, time).withListener(recorder);
        for (int call = 0; call < 3; call++) {
            try {
                retry.call(Script.of(new ConnectException("refused")));
            } catch (Exception expected) {
                assertThat(expected).isInstanceOf(ConnectException.class);
            }
        }
        return recorder.events;
    }

    /** A time whose wall clock is set back or forward by a year each time that it is read or slept by. */
    private static final class JumpingTime implements TimeSource.Forwarding {
        private final VirtualTime time;
        private long years;

        JumpingTime(VirtualTime time) {
            this.time = time;
        }

        @Override
        public Instant wallTime() {
            years = years > 0 ? -years - 1 : -years + 1;
            return time.wallTime().plus(Duration.ofDays(365 * years));
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            wallTime();
            time.sleep(nanos);
        }

        @Override
        public TimeSource delegate() {
            return time;
        }
    }
}
