package dev.respite;

import dev.respite.RetryEvent.BudgetWaitEnded;
import dev.respite.driver.CallState;
import dev.respite.outcome.Attempt;
import dev.respite.outcome.Decision;
import dev.respite.outcome.ErrorKind;
import dev.respite.outcome.History;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import dev.respite.outcome.Verdict;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Writes the history of one call and publishes its events. Times are nanoseconds since the beginning of the call. */
final class CallPublisher {

    private final EventPublisher reporter;
    private final HistoryRecorder history;

    /** Null until the call has ended. */
    private @Nullable History ended;

    private CallPublisher(EventPublisher reporter, HistoryRecorder history) {
        this.reporter = reporter;
        this.history = history;
    }

    /** Returns the publisher of a call that begins; null if neither a listener nor a flight recording reads it. */
    static @Nullable CallPublisher of(EventPublisher reporter, @Nullable FlightRecorder recorder) {
        return reporter.isListened() || recorder != null
                ? new CallPublisher(reporter, new HistoryRecorder(reporter.name(), recorder))
                : null;
    }

    /** Returns the publisher of a call whose earlier attempts were made in another place. */
    static CallPublisher resumed(EventPublisher reporter, CallState state) {
        return new CallPublisher(
                reporter,
                new HistoryRecorder(
                        reporter.name(), FlightRecorder.ofCall(), state.number() - 1, state.first(), state.last()));
    }

    HistoryRecorder history() {
        return history;
    }

    History endedHistory() {
        return Objects.requireNonNull(ended, "the call has not ended");
    }

    void attemptStarted(long now) {
        history.attemptStarted(now);
    }

    /** Publishes the end of the attempt that began last. */
    void attemptEnded(
            Attempt attempt, long now, Outcome<?> outcome, Verdict verdict, Decision<?> decision, boolean multiplied) {
        history.add(attempt.number(), OutcomeLabels.of(outcome, verdict), now, delayOf(decision));
        publishFailure(attempt.at(now), outcome, verdict, decision, multiplied);
    }

    /** The delay after an attempt; empty if no further attempt was decided on. */
    static OptionalLong delayOf(Decision<?> decision) {
        return decision instanceof Decision.RetryAfter<?> again
                ? OptionalLong.of(again.delayNanos())
                : OptionalLong.empty();
    }

    /** Publishes an attempt that was not accepted. */
    void publishFailure(Attempt end, Outcome<?> outcome, Verdict verdict, Decision<?> decision, boolean multiplied) {
        if (!(verdict instanceof Verdict.Accept)) {
            ErrorKind kind = OutcomeLabels.kind(verdict);
            reporter.publish(new RetryEvent.AttemptFailed(reporter.name(), end, outcome, kind, decision, multiplied));
        }
    }

    void attemptCancelled(int number, long now) {
        history.add(number, "cancelled", now, OptionalLong.empty());
    }

    /**
     * Publishes the end of a wait for the budget.
     *
     * @param attempt the attempt that failed before the wait
     */
    void waitEnded(Attempt attempt, Duration waited, BudgetWaitEnded.Result result) {
        history.addWait(waited.toNanos());
        reporter.publish(new BudgetWaitEnded(reporter.name(), attempt, waited, result));
    }

    void callEnded(StopReason reason, Outcome<?> outcome, long now) {
        History written = history.end(now, reason);
        ended = written;
        reporter.publish(new RetryEvent.CallEnded(reporter.name(), reason, outcome, written));
    }
}
