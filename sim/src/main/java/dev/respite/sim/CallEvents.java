package dev.respite.sim;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.outcome.Decision;
import dev.respite.outcome.StopReason;
import dev.respite.sim.SimulationEvent.Call;
import dev.respite.sim.SimulationEvent.CallEnded;
import dev.respite.sim.SimulationEvent.CallEvent;
import dev.respite.sim.SimulationEvent.CallEvent.Kind;

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
        publish(Kind.STARTED, 0, 0);
    }

    long number() {
        return call.number();
    }

    void attemptStarted(int attempt) {
        publish(unanswered > 0 ? Kind.HEDGE : Kind.ATTEMPT, attempt, 0);
        unanswered++;
    }

    void attemptEnded(int attempt, Kind result) {
        unanswered--;
        publish(result, attempt, 0);
    }

    void ended() {
        long now = tap.now();
        tap.publish(new CallEnded(now, call, tap.takeReason(), now - start));
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed) {
            decided(failed.attempt().number(), failed.decision());
        }
    }

    private void decided(int attempt, Decision<?> decision) {
        if (decision instanceof Decision.RetryAfter<?> again) {
            publish(Kind.RETRY_SCHEDULED, attempt, again.delayNanos());
        } else if (reason(decision) == StopReason.BUDGET_EXHAUSTED) {
            publish(Kind.RETRY_REJECTED, attempt, 0);
        }
    }

    private static StopReason reason(Decision<?> last) {
        return last instanceof Decision.Return<?> returned ? returned.reason() : ((Decision.Throw<?>) last).reason();
    }

    private void publish(Kind kind, int attempt, long delayNanos) {
        tap.publish(new CallEvent(tap.now(), kind, call, attempt, delayNanos));
    }
}
