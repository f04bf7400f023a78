package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite keys}: commands for operators, for the records of idempotency keys. */
@Command(
        name = KeyName.COMMAND,
        header = "Lists, shows and resolves the records of idempotency keys.",
        description = {
            "%nA key is UNKNOWN if its owner ended before it recorded a result, so that the effect may or may not have"
                    + " happened. It stays UNKNOWN until an operator resolves it with this command; until then clients get a 409."
        },
        exitCodeList = {
            " 0:the command succeeded",
            " 1:the key has no record, or it is not UNKNOWN; nothing was changed",
            " 7:the database or Redis cannot be reached",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footer = {
            "  respite keys list --url jdbc:postgresql://localhost/bank --user bank \\",
            "      --password-env PGPASSWORD",
            "  respite keys show --url redis://localhost KEY",
            "  respite keys resolve --url redis://localhost KEY --done 201",
            "",
            "KEY is the name of the record, 43 characters, as the list and the events show it: a hash of the scope, the"
                    + " operation and the key that the client sent. With --scope and --operation it is that key."
        })
final class KeysCommand {

    private final Console console;

    private KeysCommand(Console console) {
        this.console = console;
    }

    static CommandLine create(Console console) {
        return new CommandLine(new KeysCommand(console)).addSubcommand(new KeysResolveCommand(console));
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            header = "Lists and counts the records in one state.",
            footer = {
                "  respite keys list --url jdbc:postgresql://localhost/bank --user bank \\",
                "      --password-env PGPASSWORD",
                "  respite keys list --url redis://localhost --state STARTED --json",
                "",
                "With --json: state, count (of all), records (key, state, operation or null, claimedAt or null, owner,"
                        + " fence, claims, fingerprint, leaseUntil, expiresAt, keyTime or null, status or null)."
            })
    int list(
            @Mixin StoreOptions where,
            @Option(
                            names = "--state",
                            paramLabel = "STATE",
                            defaultValue = "UNKNOWN",
                            description = "UNKNOWN, STARTED, EFFECT_STARTED, READY or DONE. Default ${DEFAULT-VALUE}.")
                    State state,
            @Mixin PageOptions page,
            @Option(names = PageOptions.AFTER, paramLabel = "ENTRY", description = PageOptions.AFTER_ENTRY)
                    Optional<String> after) {
        int limit = page.limit();
        Optional<StorageKey> last = after.map(KeyName::read);
        return where.use(console, store -> {
            List<Json> records = store.list(state, last, limit).stream()
                    .map(KeysCommand::fields)
                    .toList();
            long count = store.count(state);
            List<String> lines = new ArrayList<>();
            lines.add(TextFormat.count(count) + (count == 1 ? " record is " : " records are ") + state);
            lines.addAll(RecordOutput.table(List.of("key", "operation", "claimedAt", "leaseUntil", "claims"), records));
            return page.print(
                    console,
                    Json.object().put("state", state.name()).put("count", count).put("records", records),
                    lines,
                    records.stream()
                            .map(record -> String.valueOf(record.get("key")))
                            .toList());
        });
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            header = "Shows one record.",
            footer = {
                "  respite keys show --url redis://localhost KEY",
                "  respite keys show --url jdbc:postgresql://localhost/bank KEY --json",
                "",
                "operation is shortened to 32 characters, and claimedAt is the clock of the application. With --json: key,"
                        + " state, operation or null, claimedAt or null, owner, fence, claims, fingerprint, leaseUntil,"
                        + " expiresAt, keyTime or null, status or null."
            })
    int show(
            @Mixin StoreOptions where,
            @Parameters(paramLabel = "KEY", description = "The name of the record, or the client's key.") String key,
            @Mixin ClientKey client,
            @Mixin RecordOutput output) {
        StorageKey name = client.name(key);
        return where.use(console, store -> {
            Optional<Json> found = store.find(name).map(KeysCommand::fields);
            return output.printFound(console, found, missing(name));
        });
    }

    @Command(
            name = "name",
            mixinStandardHelpOptions = true,
            header = "Prints the name of the record of a client's key. It needs no store.",
            footer = "  respite keys name --scope shop --operation 'POST /payments' KEY")
    int name(
            @Parameters(paramLabel = "KEY", description = "The key that the client sent, without quotes.") String key,
            @Mixin ClientKey client) {
        console.out().println(client.hashed(key).value());
        return ExitCodes.OK;
    }

    /** Returns the printed fields of a record. The body of a response is not among them. */
    private static Json fields(IdempotencyRecord record) {
        return Json.object()
                .put("key", record.key().value())
                .put("state", record.state().name())
                .put("operation", record.ownerToken().operation())
                .put("claimedAt", record.ownerToken().claimedAt())
                .put("owner", record.ownerToken().owner())
                .put("fence", record.ownerToken().fence())
                .put("claims", record.claims())
                .put("fingerprint", record.fingerprint())
                .put("leaseUntil", record.times().leaseUntil())
                .put("expiresAt", record.times().expiresAt())
                .put("keyTime", record.times().keyTime())
                .put("status", record.response().map(StoredResponse::status));
    }

    static String missing(StorageKey name) {
        return "there is no record " + name + "; it may have been purged, or be in another database or under another"
                + " --prefix. 'respite keys list' lists the names";
    }
}
