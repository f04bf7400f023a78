package dev.respite.cli;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.cli.console.TextFormat;
import dev.respite.outcome.Decision;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import java.io.PrintStream;
import java.net.http.HttpResponse;

/** Prints a line for each attempt when it ends. */
final class AttemptLines implements RetryListener {

    private final PrintStream err;
    private final ResponseHints hints;
    private final SecretMask mask;

    AttemptLines(PrintStream err, ResponseHints hints, SecretMask mask) {
        this.err = err;
        this.hints = hints;
        this.mask = mask;
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed) {
            String next = failed.decision() instanceof Decision.RetryAfter<?> again
                    ? "; the next in " + TextFormat.time(again.delayNanos())
                    : "";
            print(
                    failed.attempt().number(),
                    what(failed.outcome(), failed.kind().name()),
                    failed.attempt().elapsedNanos(),
                    next);
        } else if (event instanceof RetryEvent.CallEnded ended) {
            if (ended.reason() == StopReason.ACCEPTED) {
                long elapsed = ended.history().elapsed().toNanos();
                print(ended.history().attempts(), what(ended.outcome(), "ok"), elapsed, "");
            } else {
                err.println(TextFormat.printable(why(ended)));
            }
        }
    }

    private String why(RetryEvent.CallEnded ended) {
        return switch (ended.reason()) {
            case FATAL -> "not retried: another attempt cannot change this";
            case RETRY_AFTER_TOO_LONG -> "gave up: retry after too long: " + hints.tooLong(ended.outcome());
            default -> "gave up: " + ended.reason().phrase();
        };
    }

    private void print(int number, String what, long elapsedNanos, String next) {
        err.println("attempt " + number + ": " + TextFormat.printable(what) + ", " + TextFormat.time(elapsedNanos)
                + " after the start" + next);
    }

    private String what(Outcome<?> outcome, String kind) {
        if (outcome instanceof Outcome.Success<?> success && success.value() instanceof HttpResponse<?> response) {
            return Integer.toString(response.statusCode());
        }
        if (outcome instanceof Outcome.Failure<?> failure && failure.error() instanceof InterruptedException) {
            return "interrupted";
        }
        return outcome instanceof Outcome.Failure<?> failure
                ? kind + " (" + mask.text(NetworkErrors.reason(failure.error())) + ")"
                : kind;
    }
}
