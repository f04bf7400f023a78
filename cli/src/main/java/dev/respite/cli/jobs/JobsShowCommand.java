package dev.respite.cli.jobs;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Version;
import dev.respite.durable.DeadLetter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite jobs show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        header = "Shows one dead letter, with its data, which may be confidential.",
        synopsisHeading = "%nUsage: ",
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:the dead letter is shown",
            " 1:there is no such dead letter",
            " 7:the database cannot be reached, or has failed",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite jobs show --url jdbc:postgresql://localhost/shop LETTER",
            "  respite jobs show --url jdbc:postgresql://localhost/shop LETTER --json",
            "",
            "The data is shown as text if it is printable UTF-8, and otherwise in hexadecimal. With --json: letter, task,"
                    + " id, key, state, reason, parkedAt, firstStart or null, attempts, lastError, history,"
                    + " sequence or null, dataVersion, data (text or null), dataHex (or null). Both are null if the row cannot be read."
        })
final class JobsShowCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private final JobsOptions where = new JobsOptions();

    @Parameters(paramLabel = "LETTER", description = "The id of the dead letter.")
    private String letterId = "";

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    JobsShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        return where.use(console, this::show);
    }

    private int show(Jobs jobs) {
        Optional<DeadLetter> letter = jobs.letters().find(letterId);
        if (letter.isEmpty()) {
            console.printMessage(LetterOutput.missing(letterId));
            return ExitCodes.NOTHING_CHANGED;
        }
        Optional<LetterData> data = jobs.letters().data(letterId).map(LetterData::of);
        if (json) {
            console.out().print(LetterOutput.json(letter.get(), data));
        } else {
            LetterOutput.lines(letter.get(), data, console.out());
        }
        return ExitCodes.OK;
    }
}
