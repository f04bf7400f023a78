package dev.respite.http.exchange;

import dev.respite.budget.RetryBudget;
import dev.respite.outcome.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A budget that grants each retry and counts the outcomes of attempts. */
final class FakeBudget implements RetryBudget {

    final List<FailedAttempt> failed = new ArrayList<>();
    int taken;
    int refunded;

    /** Thrown when an attempt has failed. */
    @Nullable
    RuntimeException bug;

    @Override
    public ClockUse clockUse() {
        return ClockUse.START;
    }

    @Override
    public boolean tryAcquire(ErrorKind kind) {
        taken++;
        return true;
    }

    @Override
    public void succeeded() {}

    @Override
    public void refund(ErrorKind kind) {
        refunded++;
    }

    @Override
    public void failed(FailedAttempt attempt) {
        if (bug != null) {
            throw bug;
        }
        failed.add(attempt);
    }

    @Override
    public double retriesLeft() {
        return Double.POSITIVE_INFINITY;
    }
}
