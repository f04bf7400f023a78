package dev.respite.languages

import dev.respite.Breaker
import java.time.Duration

/** A breaker that lets everything pass. */
class AlwaysClosed implements Breaker {
    @Override
    long enter() {
        0
    }

    @Override
    void succeeded(long entered, Object value) {}

    @Override
    void failed(long entered, Throwable error) {}

    @Override
    void abandoned() {}

    @Override
    boolean isRefusal(Throwable failure) {
        false
    }

    @Override
    Optional<Duration> refusesFor() {
        Optional.of(Duration.ZERO)
    }
}
