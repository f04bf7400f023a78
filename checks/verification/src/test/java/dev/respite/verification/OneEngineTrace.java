package dev.respite.verification;

import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import java.util.List;

/** What one call has done, step by step, and how it ended. */
record OneEngineTrace(List<Line> lines, StopReason reason, Outcome<?> outcome, long elapsedNanos) {

    /** A step of a call: the attempt as it began, when that was, when it ended, and the delay or the reason that followed. */
    record Line(Attempt begun, long startNanos, Attempt ended, String then) {}

    static String then(Decision<?> decision) {
        return decision instanceof Decision.RetryAfter<?> again
                ? again.delayNanos() + " ns after " + again.kind()
                : reason(decision).toString();
    }

    static StopReason reason(Decision<?> decision) {
        return decision instanceof Decision.Return<?> returned
                ? returned.reason()
                : ((Decision.Throw<?>) decision).reason();
    }
}
