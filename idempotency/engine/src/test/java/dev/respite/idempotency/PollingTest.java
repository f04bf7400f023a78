package dev.respite.idempotency;

import static dev.respite.idempotency.IdempotencyFixture.call;
import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The delays with which a call polls a key that another call owns. */
class PollingTest {

    private static final double MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final IdempotencyFixture fixture = new IdempotencyFixture();
    private final List<Double> delays = new ArrayList<>();
    private double roll;

    /** Records the delays in milliseconds. */
    private final TimeSource recording = new TimeSource.Forwarding() {
        @Override
        public TimeSource delegate() {
            return fixture.time;
        }

        @Override
        public double roll() {
            return roll;
        }

        @Override
        public void sleep(long nanos) throws InterruptedException {
            delays.add(nanos / MILLI);
            fixture.time.sleep(nanos);
        }
    };

    @BeforeEach
    void startLater() {
        fixture.time.advance(Duration.ofHours(1));
    }

    private IdempotentResult resultOfASecondCall(Duration maxWait) {
        OwnedRecord first = fixture.owned(call("k"));
        IdempotencyEngine engine = IdempotencyEngine.of(fixture.limitedStore, recording)
                .withSettings(fixture.settings.withMaxWait(maxWait));
        IdempotentResult result = ExternalIdempotency.of(engine).execute(call("k"), execution -> fixture.pay());
        assertThat(first.complete(fixture.store, fixture.pay())).isTrue();
        assertThat(fixture.effects).isEqualTo(1);
        return result;
    }

    @Test
    void execute_keyIsOwned_pollsWithGrowingDelaysUntilTheMaximumWait() {
        roll = 0.5;
        assertThat(resultOfASecondCall(Duration.ofSeconds(1))).isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(delays).containsExactly(3.75, 7.5, 15.0, 30.0, 60.0, 120.0, 187.5, 187.5, 187.5, 187.5, 13.75);
    }

    @Test
    void execute_keyIsOwned_delaysAreAtLeastHalfOfTheirMaximum() {
        resultOfASecondCall(Duration.ofMillis(27));
        assertThat(delays).containsExactly(2.5, 5.0, 10.0, 9.5);
    }

    @Test
    void execute_noWait_doesNotPoll() {
        assertThat(resultOfASecondCall(Duration.ZERO)).isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(delays).isEmpty();
    }

    @Test
    void execute_interruptedWhileItWaits_isInProgressAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        IdempotentResult result = resultOfASecondCall(Duration.ofSeconds(1));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(result).isInstanceOf(IdempotentResult.InProgress.class);
        assertThat(delays).hasSize(1);
    }
}
