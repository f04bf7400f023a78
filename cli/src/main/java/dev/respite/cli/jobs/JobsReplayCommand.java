package dev.respite.cli.jobs;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.Version;
import dev.respite.durable.StoreException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite jobs replay}. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        header = "Puts calls back, which are then due now.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nA call that is replayed keeps its id and its idempotency key, and begins with attempt 1. Each is put back in"
                    + " a transaction of its own."
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:all of them are replayed",
            " 1:some do not exist, or their task has a call with the same id; the others are replayed",
            " 7:the database cannot be reached, or has failed",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite jobs replay --url jdbc:postgresql://localhost/shop LETTER",
            "  respite jobs replay --url jdbc:postgresql://localhost/shop LETTER LETTER \\",
            "      --json",
            "",
            "With --json: replayed (ids), unchanged (letter, reason)."
        })
final class JobsReplayCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private final JobsOptions where = new JobsOptions();

    @Parameters(paramLabel = "LETTER", arity = "1..*", description = "The ids of the dead letters.")
    private List<String> letterIds = List.of();

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    JobsReplayCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        return where.use(console, this::replay);
    }

    private int replay(Jobs jobs) {
        LetterChanges changes = new LetterChanges();
        for (String letterId : letterIds) {
            try {
                if (jobs.letters().replay(letterId)) {
                    changes.changed(letterId);
                } else {
                    changes.unchanged(letterId, LetterOutput.missing(letterId));
                }
            } catch (StoreException failed) {
                if (!isDuplicate(failed)) {
                    changes.print(console, json, "replayed");
                    throw failed;
                }
                changes.unchanged(
                        letterId,
                        "dead letter '" + letterId + "' was not replayed, since its task has a call with the same id:"
                                + " replay it when that has ended, or discard it");
            }
        }
        return changes.print(console, json, "replayed");
    }

    /** Whether a row violates a constraint, by the class of the SQLState. */
    static boolean isDuplicate(StoreException failed) {
        if (failed.getCause() instanceof SQLException database) {
            @Nullable String state = database.getSQLState();
            return state != null && state.startsWith("23");
        }
        return false;
    }
}
