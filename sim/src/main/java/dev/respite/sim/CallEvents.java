package dev.respite.sim;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.Decision;
import dev.respite.outcome.StopReason;
import dev.respite.sim.SimulationEvent.AttemptEnded;
import dev.respite.sim.SimulationEvent.AttemptStarted;
import dev.respite.sim.SimulationEvent.BudgetWaitEnded;
import dev.respite.sim.SimulationEvent.Call;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.CallStarted;
import dev.respite.sim.SimulationEvent.RetryRejected;
import dev.respite.sim.SimulationEvent.RetryScheduled;

/** Publishes what happens in one call. It is the listener of that call. */
final class CallEvents implements RetryListener {

    private final EventTap tap;
    private final Call call;
    private final long start;
    private int unanswered;

    CallEvents(EventTap tap, Call call) {
        this.tap = tap;
        this.call = call;
        this.start = tap.now();
        tap.publish(new CallStarted(start, call));
    }

    void attemptStarted(int attempt) {
        tap.publish(new AttemptStarted(tap.now(), call, attempt, unanswered > 0));
        unanswered++;
    }

    void attemptEnded(int attempt, AttemptEnded.Result result) {
        unanswered--;
        tap.publish(new AttemptEnded(tap.now(), call, attempt, result));
    }

    void ended() {
        long now = tap.now();
        tap.publish(new CallEnded(now, call, tap.takeReason(), now - start));
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed) {
            decided(failed.attempt().number(), failed.decision());
        } else if (event instanceof RetryEvent.BudgetWaitEnded wait) {
            boolean released = wait.result() == RetryEvent.BudgetWaitEnded.Result.RELEASED;
            tap.publish(new BudgetWaitEnded(tap.now(), call, wait.waited().toNanos(), released));
        }
    }

    private void decided(int attempt, Decision<?> decision) {
        if (decision instanceof Decision.RetryAfter<?> again) {
            tap.publish(new RetryScheduled(tap.now(), call, attempt, again.delayNanos()));
        } else if (reason(decision) == StopReason.BUDGET_EXHAUSTED) {
            tap.publish(new RetryRejected(tap.now(), call, attempt));
        }
    }

    private static StopReason reason(Decision<?> last) {
        return last instanceof Decision.Return<?> returned ? returned.reason() : ((Decision.Throw<?>) last).reason();
    }
}
