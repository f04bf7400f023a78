package dev.respite;

import dev.respite.budget.RetryBudget;
import dev.respite.outcome.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/** A budget that grants everything and records its calls in order. Each grant is an object of its own. */
final class RecordingBudget implements RetryBudget {

    /** {@link RetryBudget#succeeded(long)}. */
    record Succeeded(long startNanos) {}

    /** {@link RetryBudget#succeededAfter(int, ErrorKind, long)}. */
    record SucceededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {}

    /** {@link RetryBudget#wantsLatency}. */
    record LatencyWanted(long startNanos) {}

    /** {@link RetryBudget#recordLatency}. */
    record Took(long latencyNanos, long nowNanos) {}

    /** {@link RetryBudget#failed(FailedAttempt)}. */
    record Failed(FailedAttempt failed) {}

    /** {@link RetryBudget#tryAcquire}, and the number that was drawn. */
    record Taken(FailedAttempt failed, double roll) {}

    final List<Object> recorded = new ArrayList<>();
    final List<Grant> granted = new ArrayList<>();
    final List<Grant> refunded = new ArrayList<>();

    private final ClockUse readings;
    private final boolean wants;

    RecordingBudget(ClockUse readings, boolean wants) {
        this.readings = readings;
        this.wants = wants;
    }

    <E> List<E> all(Class<E> type) {
        return recorded.stream().filter(type::isInstance).map(type::cast).toList();
    }

    @Override
    public ClockUse clockUse() {
        return readings;
    }

    @Override
    public void succeeded(long startNanos) {
        recorded.add(new Succeeded(startNanos));
    }

    @Override
    public void succeededAfter(int attempts, ErrorKind lastRetried, long nowNanos) {
        recorded.add(new SucceededAfter(attempts, lastRetried, nowNanos));
    }

    @Override
    public boolean wantsLatency(long startNanos) {
        recorded.add(new LatencyWanted(startNanos));
        return wants;
    }

    @Override
    public void recordLatency(long latencyNanos, long nowNanos) {
        recorded.add(new Took(latencyNanos, nowNanos));
    }

    @Override
    public void failed(FailedAttempt failed) {
        recorded.add(new Failed(failed));
    }

    @Override
    public Optional<Grant> tryAcquire(FailedAttempt failed, DoubleSupplier random) {
        recorded.add(new Taken(failed, random.getAsDouble()));
        Grant grant = new Grant(failed.kind(), granted.size(), 0.5);
        granted.add(grant);
        return Optional.of(grant);
    }

    @Override
    public void refund(Grant grant) {
        refunded.add(grant);
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        throw new AssertionError("the engine has an attempt and a source of chance");
    }

    @Override
    public void succeeded() {
        throw new AssertionError("the engine has a time");
    }

    @Override
    public void refund(ErrorKind kind) {
        throw new AssertionError("the engine has a grant");
    }

    @Override
    public double retriesLeft() {
        return Double.POSITIVE_INFINITY;
    }
}
