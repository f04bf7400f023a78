package dev.respite.cli.jobs;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.UsageException;
import dev.respite.cli.console.Version;
import dev.respite.durable.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite jobs discard}. */
@Command(
        name = "discard",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        header = "Removes dead letters for ever.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nA call that is discarded is never made again, and its data is lost. In a terminal the command asks first;"
                    + " elsewhere it needs --yes."
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:all of them are discarded",
            " 1:some do not exist, the others are discarded; or the answer was not yes, and nothing was changed",
            " 7:the database cannot be reached, or has failed",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite jobs discard --url jdbc:postgresql://localhost/shop LETTER",
            "  respite jobs discard --url jdbc:postgresql://localhost/shop --yes LETTER",
            "",
            "With --json: discarded (ids), unchanged (letter, reason)."
        })
final class JobsDiscardCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private final JobsOptions where = new JobsOptions();

    @Parameters(paramLabel = "LETTER", arity = "1..*", description = "The ids of the dead letters.")
    private List<String> letterIds = List.of();

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    JobsDiscardCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (!yes && !console.live()) {
            throw new UsageException(
                    "discard removes calls for ever, and stderr is no terminal to ask on",
                    "Add --yes if that is what you want. 'respite jobs show' shows what would be lost.");
        }
        if (!yes && !isConfirmed()) {
            console.printMessage("nothing was changed");
            return ExitCodes.NOTHING_CHANGED;
        }
        return where.use(console, this::discard);
    }

    private boolean isConfirmed() {
        console.err()
                .print("respite: discard " + letterIds.size()
                        + (letterIds.size() == 1 ? " dead letter" : " dead letters") + " for ever? [y/N] ");
        console.err().flush();
        Scanner input = new Scanner(console.in(), StandardCharsets.UTF_8);
        String answer = input.hasNextLine() ? input.nextLine().strip().toLowerCase(Locale.ROOT) : "";
        return answer.equals("y") || answer.equals("yes");
    }

    private int discard(Jobs jobs) {
        LetterChanges changes = new LetterChanges();
        for (String letterId : letterIds) {
            try {
                if (jobs.letters().discard(letterId)) {
                    changes.changed(letterId);
                } else {
                    changes.unchanged(letterId, LetterOutput.missing(letterId));
                }
            } catch (StoreException failed) {
                changes.print(console, json, "discarded");
                throw failed;
            }
        }
        return changes.print(console, json, "discarded");
    }
}
