package dev.respite.cli.keys;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Version;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.StorageKey;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite keys show}. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        header = "Shows one record.",
        synopsisHeading = "%nUsage: ",
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:the record is shown",
            " 1:the key has no record",
            " 7:the database or Redis cannot be reached",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite keys show --url redis://localhost KEY",
            "  respite keys show --url jdbc:postgresql://localhost/bank KEY --json",
            "",
            "With --json: key, state, owner, fence, claims, fingerprint, leaseUntil, expiresAt, keyTime or null, status or"
                    + " null; with --body also bodyBase64, or null."
        })
final class KeysShowCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private final StoreOptions where = new StoreOptions();

    @Parameters(paramLabel = "KEY", description = "The name of the record.")
    private String key = "";

    @Option(names = "--body", description = "Also show the body of the response, which may be confidential.")
    private boolean body;

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    KeysShowCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        StorageKey name = KeyName.read(key);
        return where.use(console, store -> show(store, name));
    }

    private int show(IdempotencyStore store, StorageKey name) {
        Optional<IdempotencyRecord> record = store.find(name);
        if (record.isEmpty()) {
            console.printMessage(missing(name));
            return ExitCodes.NOTHING_CHANGED;
        }
        if (json) {
            console.out().print(KeyOutput.json(record.get(), body));
        } else {
            KeyOutput.lines(record.get(), body, console.out());
        }
        return ExitCodes.OK;
    }

    static String missing(StorageKey name) {
        return "there is no record " + name + "; it may have been purged, or be in another database or under another"
                + " --prefix. 'respite keys list' shows the names";
    }
}
