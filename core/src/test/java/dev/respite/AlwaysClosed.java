package dev.respite;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A breaker that lets everything pass, and makes no object of its own. */
final class AlwaysClosed implements Breaker {
    @Override
    public long acquire() {
        return 0;
    }

    @Override
    public void succeeded(long entered, @Nullable Object value) {}

    @Override
    public void failed(long entered, Throwable error) {}

    @Override
    public void release() {}

    @Override
    public boolean isRejection(Throwable failure) {
        return false;
    }

    @Override
    public Optional<Duration> remainingOpenTime() {
        return Optional.of(Duration.ZERO);
    }
}
