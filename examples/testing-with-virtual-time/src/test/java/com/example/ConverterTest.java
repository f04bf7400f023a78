package com.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.respite.Retry;
import dev.respite.outcome.StopReason;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Delays of minutes and an outage, tested without waiting: {@link VirtualTime} moves its clock instead of sleeping. */
class ConverterTest {

    private final VirtualTime time = new VirtualTime();
    // No jitter and no budget: the test asserts exact delays, and does not depend on the calls before.
    // Retry.withoutWarnings is Retry.of without the warnings about such a policy.
    private final Retry retry = Retry.withoutWarnings(
            RetryPolicy.parse("max-attempts=3 base-delay=1m max-delay=10m jitter=none total-timeout=off budget=off"),
            time);
    private final FakeRates rates = new FakeRates();
    private final Converter converter = new Converter(rates, retry);

    @Test
    void toEuros_serviceFailsTwice_waitsOneAndTwoMinutes() throws IOException {
        rates.failures = 2;
        assertEquals(90, converter.toEuros("USD", 100));
        assertEquals(3, rates.requests);
        assertEquals(Duration.ofMinutes(3), Duration.ofNanos(time.nanoTime()));
    }

    @Test
    void toEuros_outageWithoutKnownRate_throwsTheLastFailure() {
        rates.failures = Integer.MAX_VALUE;
        assertThrows(ConnectException.class, () -> converter.toEuros("USD", 100));
        assertEquals(Map.of(StopReason.ATTEMPTS_EXHAUSTED, 1L), retry.counts().endings());
    }

    @Test
    void toEuros_outageAfterASuccess_usesTheLastRate() throws IOException {
        converter.toEuros("USD", 1);
        rates.failures = Integer.MAX_VALUE;
        assertEquals(90, converter.toEuros("USD", 100));
        assertEquals(1 + 3, rates.requests);
    }

    /** Fails a given number of times, then responds. */
    private static final class FakeRates implements ExchangeRates {

        private int failures;
        private int requests;

        @Override
        public double rate(String currency) throws IOException {
            requests++;
            if (failures > 0) {
                failures--;
                throw new ConnectException("Connection refused");
            }
            return 0.9;
        }
    }
}
