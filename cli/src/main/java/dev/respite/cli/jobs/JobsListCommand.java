package dev.respite.cli.jobs;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.UsageException;
import dev.respite.cli.console.Version;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableStats;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code respite jobs list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        header = "Counts the calls, and lists the dead letters, the oldest first.",
        synopsisHeading = "%nUsage: ",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:the list is printed, even if it is empty",
            " 1:the dead letter of --after does not exist",
            " 7:the database cannot be reached, or has failed",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite jobs list --url jdbc:postgresql://localhost/shop --user shop \\",
            "      --password-env PGPASSWORD",
            "  respite jobs list --url jdbc:postgresql://localhost/shop --task payment \\",
            "      --state PAUSED --json",
            "",
            "With --json: calls of all tasks (due, running, scheduled, oldestDue or null, dead, paused, parked), letters"
                    + " (letter, task, id, key, state, reason, parkedAt, firstStart or null, attempts, lastError, history,"
                    + " sequence or null, dataVersion)."
        })
final class JobsListCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private final JobsOptions where = new JobsOptions();

    @Option(names = "--task", paramLabel = "TASK", description = "Only those of this task.")
    private Optional<String> task = Optional.empty();

    @Option(names = "--state", paramLabel = "STATE", description = "Only those in this state: DEAD, PAUSED or PARKED.")
    private Optional<DeadLetter.State> state = Optional.empty();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "The maximum number of dead letters to list, 1 to 10,000. Default ${DEFAULT-VALUE}.")
    private int limit;

    @Option(
            names = "--after",
            paramLabel = "LETTER",
            description = "Continue after this dead letter, the last one of the previous list.")
    private Optional<String> after = Optional.empty();

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    JobsListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        DeadLetters.Filter filter;
        try {
            filter = new DeadLetters.Filter(task, state, Optional.empty(), limit);
        } catch (IllegalArgumentException outOfRange) {
            throw new UsageException(
                    "--limit " + limit + ": expected a whole number from 1 to 10,000",
                    "Try 'respite jobs list --help'.");
        }
        return where.use(console, jobs -> list(jobs, filter));
    }

    private int list(Jobs jobs, DeadLetters.Filter filter) {
        Optional<DeadLetter> last = after.flatMap(jobs.letters()::find);
        if (after.isPresent() && last.isEmpty()) {
            console.printMessage(
                    LetterOutput.missing(after.get()) + ". Without --after the list starts from the oldest");
            return ExitCodes.NOTHING_CHANGED;
        }
        List<DeadLetter> letters =
                jobs.letters().list(last.map(filter::withAfter).orElse(filter));
        DurableStats stats = jobs.queue().stats();
        if (json) {
            console.out().print(LetterOutput.json(stats, letters));
        } else {
            LetterOutput.table(stats, letters, console.out());
        }
        if (letters.size() == limit) {
            console.printMessage("there may be more dead letters; list them with --after "
                    + letters.get(letters.size() - 1).letterId());
        }
        return ExitCodes.OK;
    }
}
