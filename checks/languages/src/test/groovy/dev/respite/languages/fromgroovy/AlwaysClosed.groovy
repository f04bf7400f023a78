package dev.respite.languages.fromgroovy

import dev.respite.Breaker
import java.time.Duration

/** A breaker that lets everything pass. */
class AlwaysClosed implements Breaker {
    @Override
    long acquire() {
        0
    }

    @Override
    void succeeded(long entered, Object value) {}

    @Override
    void failed(long entered, Throwable error) {}

    @Override
    void release() {}

    @Override
    boolean isRejection(Throwable failure) {
        false
    }

    @Override
    Optional<Duration> remainingOpenTime() {
        Optional.of(Duration.ZERO)
    }
}
