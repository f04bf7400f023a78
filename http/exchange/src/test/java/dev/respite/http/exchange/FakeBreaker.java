package dev.respite.http.exchange;

import dev.respite.Breaker;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A breaker that is always closed and counts the outcomes of its attempts. */
final class FakeBreaker implements Breaker {

    int successes;
    int failures;

    @Override
    public long acquire() {
        return 0;
    }

    @Override
    public void succeeded(long entered, @Nullable Object value) {
        successes++;
    }

    @Override
    public void failed(long entered, Throwable error) {
        failures++;
    }

    @Override
    public void release() {}

    @Override
    public boolean isRejection(Throwable failure) {
        return false;
    }

    @Override
    public Optional<Duration> remainingOpenTime() {
        return Optional.empty();
    }
}
