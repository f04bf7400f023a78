package dev.respite.cli.records;

import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.UsageException;
import dev.respite.durable.PendingCall;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select calls that have not ended. */
final class PendingCallSelection {

    private static final Pattern PLAIN = Pattern.compile("[\\w.:/@+=-]+");

    @Option(names = "--task", paramLabel = "TASK", description = "Only those of this task.")
    private Optional<String> task = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only those in this state: SCHEDULED, DEFERRED, IN_SEQUENCE, DUE or RUNNING.")
    private Optional<PendingCall.State> state = Optional.empty();

    @Option(
            names = "--error",
            paramLabel = "TEXT",
            description = "Only those whose last failure contains this text, such as the class of an exception.")
    private Optional<String> error = Optional.empty();

    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            description = "Only those that were enqueued before this time, such as 2h or 7d.")
    private Optional<Duration> olderThan = Optional.empty();

    @Option(
            names = "--after",
            paramLabel = "TASK ID",
            arity = "2",
            hideParamSyntax = true,
            description = "Continue after this call, the last one of the previous list.")
    private @Nullable List<String> after;

    /** Returns the filter of these options, for pages of a length. */
    PendingCall.Filter filter(int limit) {
        return new PendingCall.Filter(task, state, olderThan.map(Instant.now()::minus), error, limit);
    }

    /**
     * Returns whether these options select the calls that are changed.
     *
     * @throws UsageException if they name a call and select calls, or do neither
     */
    boolean isUsed(PendingCallName name) {
        boolean isSelected = task.isPresent() || state.isPresent() || error.isPresent() || olderThan.isPresent();
        if (isSelected == name.isGiven() || after != null) {
            throw new UsageException(
                    after != null
                            ? "--after: it is for lists"
                            : isSelected ? "both TASK ID and options that select calls" : "no call is given",
                    "Give TASK and ID, or select calls with --task, --state, --error or --older-than.");
        }
        return isSelected;
    }

    /** Returns the task and the id of the last call of the page before. */
    Optional<List<String>> after() {
        List<String> given = after;
        if (given == null) {
            return Optional.empty();
        }
        if (given.size() != 2) {
            throw new UsageException(
                    "--after is given " + given.size() / 2 + " times: a list continues after one call",
                    "Give --after TASK ID once.");
        }
        return Optional.of(given);
    }

    /** Returns the values of {@code --after} for a call, as a shell reads them. */
    static String cursor(PendingCall call) {
        return quoted(call.task()) + " " + quoted(call.id());
    }

    private static String quoted(String name) {
        return PLAIN.matcher(name).matches()
                ? name
                : "'" + TextFormat.printable(name).replace("'", "'\\''") + "'";
    }
}
