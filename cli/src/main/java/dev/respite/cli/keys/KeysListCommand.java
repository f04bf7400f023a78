package dev.respite.cli.keys;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.UsageException;
import dev.respite.cli.console.Version;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code respite keys list}. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        header = "Lists and counts the records in one state.",
        synopsisHeading = "%nUsage: ",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:the list is printed, even if it is empty",
            " 7:the database or Redis cannot be reached",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite keys list --url jdbc:postgresql://localhost/bank --user bank \\",
            "      --password-env PGPASSWORD",
            "  respite keys list --url redis://localhost --state STARTED --json",
            "",
            "With --json: state, count (of all), records (key, state, owner, fence, claims, fingerprint, leaseUntil,"
                    + " expiresAt, keyTime or null, status or null)."
        })
final class KeysListCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private final StoreOptions where = new StoreOptions();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            defaultValue = "UNKNOWN",
            description = "UNKNOWN, STARTED, EFFECT_STARTED, READY or DONE. Default ${DEFAULT-VALUE}.")
    private State state = State.UNKNOWN;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "The maximum number of records to list. Default ${DEFAULT-VALUE}.")
    private int limit;

    @Option(
            names = "--after",
            paramLabel = "KEY",
            description = "Continue after this record, the last one of the previous list.")
    private Optional<String> after = Optional.empty();

    @Option(names = "--json", description = "Print one JSON object on stdout.")
    private boolean json;

    KeysListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new UsageException(
                    "--limit " + limit + ": expected a whole number of at least 1", "Try 'respite keys list --help'.");
        }
        Optional<StorageKey> last = after.map(KeyName::read);
        return where.use(console, store -> list(store, last));
    }

    private int list(IdempotencyStore store, Optional<StorageKey> last) {
        List<IdempotencyRecord> records = store.list(state, last, limit);
        long count = store.count(state);
        if (json) {
            console.out().print(KeyOutput.json(state, count, records));
        } else {
            KeyOutput.table(state, count, records, console.out());
        }
        if (records.size() == limit) {
            console.printMessage("there may be more records; list them with --after "
                    + records.get(records.size() - 1).key().value());
        }
        return ExitCodes.OK;
    }
}
