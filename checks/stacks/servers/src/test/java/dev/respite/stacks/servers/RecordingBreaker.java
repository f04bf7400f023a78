package dev.respite.stacks.servers;

import dev.respite.Breaker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A breaker that lets everything pass and records the failures that it is charged with. */
final class RecordingBreaker implements Breaker {

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    List<Throwable> failures() {
        return failures;
    }

    @Override
    public long acquire() {
        return 0;
    }

    @Override
    public void succeeded(long entered, @Nullable Object value) {}

    @Override
    public void failed(long entered, Throwable error) {
        failures.add(error);
    }

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
