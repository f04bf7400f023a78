package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.UsageException;
import dev.respite.durable.PendingCalls;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The parameters that name a call, and the output of its change. */
final class PendingCallName {

    @Parameters(index = "0", arity = "0..1", paramLabel = "TASK", description = "The name of the task.")
    private String task = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "ID", description = "The id of the call.")
    private String id = "";

    /** Returns whether a call is named. */
    boolean isGiven() {
        if (!task.isEmpty() && id.isEmpty()) {
            throw new UsageException("TASK without ID", "Give the id of the call, as the list shows it.");
        }
        return !task.isEmpty();
    }

    /** Rejects a command without a name. */
    void check() {
        if (!isGiven()) {
            throw new UsageException("no call is given", "Give TASK and ID, as the list shows them.");
        }
    }

    String task() {
        return task;
    }

    String id() {
        return id;
    }

    /** Returns the call as the subject of a message. */
    String text() {
        return "call '" + TextFormat.printable(id) + "' of task '" + TextFormat.printable(task) + "'";
    }

    /** Returns the message for a call that does not exist. */
    String missing() {
        return "there is no " + text()
                + " that has not ended; it may be a dead letter. 'respite durable call list' lists"
                + " the calls, and 'respite durable list' the dead letters";
    }

    /**
     * Prints the result of a change, and returns the exit code.
     *
     * @param done the end of the message about a changed call, such as {@code is due now}
     */
    int print(PendingCalls.Change change, String done, Console console, RecordOutput output) {
        boolean isChanged = change == PendingCalls.Change.CHANGED;
        String message = message(change, done);
        output.print(
                console,
                Json.object()
                        .put("task", task)
                        .put("id", id)
                        .put("result", change.name())
                        .put("message", message),
                isChanged ? List.of(message) : List.of());
        if (isChanged) {
            return ExitCodes.OK;
        }
        console.printMessage(message);
        return ExitCodes.NOTHING_CHANGED;
    }

    private String message(PendingCalls.Change change, String done) {
        return switch (change) {
            case CHANGED -> text() + " " + done;
            case RUNNING ->
                text()
                        + " is running, and was left as it is; repeat the command when its attempt has ended, or its owner"
                        + " has missed eight heartbeats. 'respite durable call show' has the age of the last one";
            case IN_SEQUENCE ->
                text() + " waits for an earlier call of its sequence, and was left as it is; run or cancel the earlier"
                        + " call, or replay or discard its dead letter. 'respite durable call show' names the sequence";
            case ABSENT -> missing();
        };
    }
}
