package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.UsageException;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.ResponseEncryption;
import dev.respite.idempotency.store.IdempotencyRecord;
import dev.respite.idempotency.store.IdempotencyStore;
import dev.respite.idempotency.store.State;
import dev.respite.idempotency.store.StorageKey;
import dev.respite.idempotency.store.StoredResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite keys resolve}. */
@Command(
        name = "resolve",
        header = "Resolves a key whose outcome is unknown.",
        description = {
            "%nFirst check the system in which the effect would be. With --done, a client that sends the key again gets"
                    + " this response. With --not-done, the work runs again. The reason must be true, or the effect may happen twice:",
            "",
            "  fenced       the resource has seen a higher fence, and rejects this one",
            "  place-taken  the effect is no longer possible: a reservation, a voided payment",
            "  owner-dead   the process that owned it is known to have ended",
            "",
            "In Redis with withMaxPerScope, the key still counts in the quota of its scope. Remove it with ZREM, see"
                    + " docs/idempotency-stores.md.",
            "",
            "If the application encrypts responses, do not use --done, which stores plain text: resolve the key by"
                    + " IdempotencyEngine.resolve. With ResponseEncryption.withoutPlainResponses, such a response is never"
                    + " replayed. The command rejects --done if it finds an encrypted response."
        },
        footer = {
            "  respite keys resolve --url redis://localhost KEY --done 201 \\",
            "      --body-file receipt.json --content-type application/json",
            "  respite keys resolve --url jdbc:postgresql://localhost/bank KEY \\",
            "      --not-done --because owner-dead"
        })
final class KeysResolveCommand implements Callable<Integer> {

    private static final String POINTER = "Try 'respite keys resolve --help'.";

    private static final IdempotencySettings SETTINGS =
            IdempotencySettings.defaults().withMaxStoredBody(Integer.MAX_VALUE);

    /** The number of records that are read to find out whether responses are encrypted. */
    private static final int ENCRYPTION_SAMPLE = 20;

    private static final Duration MIN_RETENTION = Duration.ofHours(24);

    /** The longest retention that the settings allow. */
    private static final Duration MAX_RETENTION = Duration.ofDays(36_500);

    private final Console console;

    @Mixin
    private final StoreOptions where = new StoreOptions();

    @Parameters(paramLabel = "KEY", description = "The name of the record, or the client's key.")
    private String key = "";

    @Mixin
    private final ClientKey client = new ClientKey();

    @Option(
            names = "--done",
            paramLabel = "STATUS",
            description = "The effect happened; the status of the response to replay.")
    private Optional<Integer> done = Optional.empty();

    @Option(names = "--body-file", paramLabel = "FILE", description = "With --done: the body of that response.")
    private Optional<Path> bodyFile = Optional.empty();

    @Option(names = "--content-type", paramLabel = "TYPE", description = "With --body-file: its content type.")
    private Optional<String> contentType = Optional.empty();

    @Option(
            names = "--not-done",
            description = "The effect did not happen, and its old owner cannot cause it any more.")
    private boolean notDone;

    @Option(names = "--because", paramLabel = "REASON", description = "With --not-done: the reason, see above.")
    private Optional<String> because = Optional.empty();

    @Option(
            names = "--keep-hours",
            paramLabel = "N",
            description =
                    "How long the record is kept from now on, in hours. Default: as long as the application has kept"
                            + " it (from the end of its lease to its expiry, in whole hours), at least 24. Give it if the"
                            + " application's lease is longer than an hour.")
    private Optional<Integer> keepHours = Optional.empty();

    KeysResolveCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        StorageKey name = client.name(key);
        Resolution resolution = resolution();
        Optional<IdempotencySettings> given = keepHours.map(KeysResolveCommand::keeping);
        return where.use(console, store -> {
            Optional<String> encrypted = resolution.response().isPresent() ? encryptionKey(store) : Optional.empty();
            if (encrypted.isPresent()) {
                console.printMessage("the responses of this store are encrypted (key '" + encrypted.get()
                        + "'), and this command would store a response in plain text; nothing was changed. Resolve the key in"
                        + " the application, by IdempotencyEngine.resolve");
                return ExitCodes.NOTHING_CHANGED;
            }
            return resolve(store, given, name, resolution);
        });
    }

    /** A response in plain text does not belong into a store whose other responses are encrypted. */
    private static Optional<String> encryptionKey(IdempotencyStore store) {
        return store.list(State.DONE, Optional.empty(), ENCRYPTION_SAMPLE).stream()
                .flatMap(done -> done.response().flatMap(ResponseEncryption::keyOf).stream())
                .findFirst();
    }

    /** Resolves a record. The record is not read afterwards: that could fail although the record is resolved. */
    int resolve(IdempotencyStore store, Optional<IdempotencySettings> given, StorageKey name, Resolution resolution) {
        IdempotencySettings settings = given.orElseGet(() -> SETTINGS.withRetention(
                store.find(name).map(KeysResolveCommand::kept).orElse(MIN_RETENTION)));
        if (IdempotencyEngine.of(store).withSettings(settings).resolve(name, resolution)) {
            console.out()
                    .println(name
                            + (resolution.response().isPresent()
                                    ? " is DONE: a client that sends it again gets this response"
                                    : " is READY: its work runs when a client sends it again"));
            return ExitCodes.OK;
        }
        console.printMessage(store.find(name)
                .map(found -> name + " is " + found.state()
                        + ", and only UNKNOWN keys can be resolved; nothing was changed" + hint(found.state()))
                .orElseGet(() -> KeysCommand.missing(name)));
        return ExitCodes.NOTHING_CHANGED;
    }

    /**
     * Returns the retention of the application, as far as the record shows it. The expiry is the retention after the last
     * change, and the end of the lease is the lease after that change. Rounded up, which compensates for a lease of less than
     * an hour.
     */
    private static Duration kept(IdempotencyRecord record) {
        Duration shown =
                Duration.between(record.times().leaseUntil(), record.times().expiresAt());
        Duration whole = Duration.ofHours(shown.plusHours(1).minusNanos(1).toHours());
        if (whole.compareTo(MAX_RETENTION) > 0) {
            return MAX_RETENTION;
        }
        return whole.compareTo(MIN_RETENTION) < 0 ? MIN_RETENTION : whole;
    }

    private static String hint(State state) {
        return switch (state) {
            case STARTED, EFFECT_STARTED ->
                ". Its owner may still be working. Otherwise it is taken over, or becomes UNKNOWN, when its key is sent again"
                        + " after the end of the lease";
            case READY -> ". Its work runs when its key is sent again";
            case DONE, UNKNOWN -> "";
        };
    }

    private Resolution resolution() {
        if (done.isPresent() == notDone) {
            throw new UsageException("give either --done STATUS or --not-done --because REASON", POINTER);
        }
        if (notDone) {
            if (bodyFile.isPresent() || contentType.isPresent()) {
                throw new UsageException("--body-file and --content-type go with --done", POINTER);
            }
            return Resolution.notDone(reason());
        }
        if (because.isPresent()) {
            throw new UsageException("--because goes with --not-done", POINTER);
        }
        return Resolution.done(response(done.get()));
    }

    private Resolution.Barred reason() {
        return switch (because.orElse("")) {
            case "fenced" -> Resolution.Barred.FENCED;
            case "place-taken" -> Resolution.Barred.PLACE_TAKEN;
            case "owner-dead" -> Resolution.Barred.OWNER_DEAD;
            default ->
                throw new UsageException(
                        because.map(given -> "--because '" + given + "': it is").orElse("--not-done needs --because:")
                                + " fenced, place-taken or owner-dead",
                        POINTER);
        };
    }

    private StoredResponse response(int status) {
        Map<String, List<String>> headers =
                contentType.map(type -> Map.of("Content-Type", List.of(type))).orElse(Map.of());
        byte[] body = bodyFile.map(KeysResolveCommand::read).orElse(new byte[0]);
        try {
            return StoredResponse.of(status, headers, body);
        } catch (IllegalArgumentException outOfRange) {
            throw new UsageException("--done " + status + ": " + outOfRange.getMessage(), POINTER);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException failed) {
            throw new UsageException("--body-file " + file + ": " + TextFormat.problem(file, failed), POINTER);
        }
    }

    private static IdempotencySettings keeping(int hours) {
        try {
            return SETTINGS.withRetention(Duration.ofHours(hours));
        } catch (IllegalArgumentException outOfRange) {
            throw new UsageException("--keep-hours " + hours + ": " + outOfRange.getMessage(), POINTER);
        }
    }
}
