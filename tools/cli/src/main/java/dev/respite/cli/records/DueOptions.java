package dev.respite.cli.records;

import dev.respite.cli.console.UsageException;
import dev.respite.durable.TaskQueue;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that set the time from which a call is due. */
final class DueOptions {

    private static final String RULE =
            "Give either --in TIME, such as 10m, or --at TIME, such as 2026-12-01T10:00:00Z.";

    /** The longest time that the settings of durable calls allow. */
    private static final Duration MAX_DELAY = Duration.ofDays(3_650);

    @Option(names = "--in", paramLabel = "TIME", description = "The call is due after this time, such as 10m or 2h.")
    private Optional<Duration> in = Optional.empty();

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "The call is due at this time, such as 2026-12-01T10:00:00Z.")
    private Optional<String> at = Optional.empty();

    /**
     * Checks that the options have one time.
     *
     * @throws UsageException if they have none, both, or one that is out of its range
     */
    void check() {
        if (in.isPresent() == at.isPresent()) {
            throw new UsageException(in.isPresent() ? "both --in and --at" : "neither --in nor --at", RULE);
        }
        Instant now = Instant.now();
        Instant due = at.map(DueOptions::parsed).orElseGet(() -> now.plus(in.orElseThrow()));
        if (due.isBefore(now)) {
            throw new UsageException(
                    "--at " + at.orElse("") + ": the time has passed",
                    "Give a later time. 'respite durable call run' makes the call due now.");
        }
        if (due.isAfter(now.plus(MAX_DELAY))) {
            throw new UsageException("the call would be due at " + due + ", in more than ten years", RULE);
        }
    }

    /** Returns the time by the clock of the database, from which a delay is counted. */
    Instant due(TaskQueue queue) {
        return at.map(DueOptions::parsed)
                .orElseGet(() -> Instant.now().plus(queue.stats().clockOffset()).plus(in.orElseThrow()));
    }

    private static Instant parsed(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException invalid) {
            throw new UsageException("--at '" + text + "': expected a date and a time with its zone", RULE);
        }
    }
}
