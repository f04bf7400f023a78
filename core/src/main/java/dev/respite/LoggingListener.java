package dev.respite;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.respite.outcome.Decision;
import dev.respite.outcome.History;
import dev.respite.outcome.StopReason;
import java.util.Locale;

/** Writes to the logger {@code dev.respite}: each failed attempt at debug, and one line, at warning, when a call gives up. */
final class LoggingListener implements RetryListener {

    static final RetryListener INSTANCE = new LoggingListener();

    private static final System.Logger LOGGER = System.getLogger("dev.respite");

    private LoggingListener() {}

    @Override
    public Interest interest() {
        return Interest.FAILURES;
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed) {
            LOGGER.log(DEBUG, () -> attempt(failed));
        } else if (event instanceof RetryEvent.BudgetWaitEnded wait) {
            LOGGER.log(
                    DEBUG,
                    () -> wait.name() + ": waited "
                            + History.format(wait.waited().toNanos()) + " for the budget: "
                            + wait.result().name().toLowerCase(Locale.ROOT));
        } else if (event instanceof RetryEvent.CallEnded ended && ended.reason() != StopReason.ACCEPTED) {
            LOGGER.log(WARNING, () -> ended.name() + ": " + ended.history().summary());
        }
    }

    private static String attempt(RetryEvent.AttemptFailed failed) {
        String then = failed.decision() instanceof Decision.RetryAfter<?> again
                ? "next in " + History.format(again.delayNanos())
                : "no further attempt";
        return failed.name() + ": attempt " + failed.attempt().number() + " failed: " + failed.kind() + "; " + then;
    }
}
