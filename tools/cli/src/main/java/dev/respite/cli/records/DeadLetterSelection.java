package dev.respite.cli.records;

import dev.respite.cli.console.UsageException;
import dev.respite.durable.DeadLetter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that select dead letters. */
final class DeadLetterSelection {

    @Option(names = "--task", paramLabel = "TASK", description = "Only those of this task.")
    private Optional<String> task = Optional.empty();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only those in this state: DEAD, PAUSED, PARKED or CANCELLED.")
    private Optional<DeadLetter.State> state = Optional.empty();

    @Option(
            names = "--error",
            paramLabel = "TEXT",
            description = "Only those whose last failure contains this text, such as the class of an exception.")
    private Optional<String> error = Optional.empty();

    @Option(
            names = "--older-than",
            paramLabel = "TIME",
            description = "Only those that were made before this time, such as 2h or 7d.")
    private Optional<Duration> olderThan = Optional.empty();

    @Option(names = "--sequence", paramLabel = "NAME", description = "Only those that hold up this sequence.")
    private Optional<String> sequence = Optional.empty();

    /** Returns the filter of these options, for pages of a length. */
    DeadLetter.Filter filter(int limit) {
        return new DeadLetter.Filter(task, state, olderThan.map(Instant.now()::minus), error, sequence, limit);
    }

    /**
     * Returns whether a command changes the selected dead letters, and not those with given ids.
     *
     * @throws UsageException if there are both options and ids, or neither
     */
    boolean isUsed(List<String> ids) {
        boolean isGiven = !filter(1).equals(DeadLetter.Filter.all().withLimit(1));
        if (isGiven == !ids.isEmpty()) {
            throw new UsageException(
                    isGiven
                            ? "both ids and options that select dead letters"
                            : "neither an id nor an option that selects",
                    "Give DEAD-LETTER ids, or --task, --state, --error, --older-than or --sequence.");
        }
        return isGiven;
    }
}
