package dev.respite.cli.jobs;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.Version;
import dev.respite.durable.StoreException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite jobs resume}. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        header = "Replays the paused calls of a task.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nFor a task that pauses instead of giving up, when the other system works again. All calls are due at once;"
                    + " the budget and the jitter of the policy shape their retries."
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:the calls are resumed",
            " 1:none is paused; or the task has another call with the id of one, and the rest remains paused",
            " 7:the database cannot be reached, or has failed",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite jobs resume --url jdbc:postgresql://localhost/shop payment",
            "  respite jobs resume --url jdbc:postgresql://localhost/shop payment --json",
            "",
            "With --json: task, resumed (the number of calls)."
        })
final class JobsResumeCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private final JobsOptions where = new JobsOptions();

    @Parameters(paramLabel = "TASK", description = "The name of the task.")
    private String task = "";

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    JobsResumeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        return where.use(console, this::resume);
    }

    private int resume(Jobs jobs) {
        int resumed;
        try {
            resumed = jobs.letters().resume(task);
        } catch (StoreException failed) {
            if (!JobsReplayCommand.isDuplicate(failed)) {
                throw failed;
            }
            console.printMessage(
                    "task '" + LetterData.printable(task)
                            + "' has another call with the id of a paused one, which remains paused with those after it:"
                            + " 'respite jobs list --state PAUSED' has it first; replay it when that call has ended, or discard it");
            return ExitCodes.NOTHING_CHANGED;
        }
        if (json) {
            console.out().print(Json.text(Json.object(object -> {
                object.writeStringProperty("task", task);
                object.writeNumberProperty("resumed", resumed);
            })));
        } else if (resumed > 0) {
            console.out()
                    .println(TextFormat.count(resumed) + (resumed == 1 ? " call" : " calls") + " of task '" + task
                            + "' " + (resumed == 1 ? "is" : "are") + " due now");
        }
        if (resumed == 0) {
            console.printMessage("no call of task '" + LetterData.printable(task)
                    + "' is paused; 'respite jobs list --state PAUSED' shows those that are");
            return ExitCodes.NOTHING_CHANGED;
        }
        return ExitCodes.OK;
    }
}
