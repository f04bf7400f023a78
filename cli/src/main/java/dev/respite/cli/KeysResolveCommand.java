package dev.respite.cli;

import dev.respite.idempotency.Claims;
import dev.respite.idempotency.IdempotencyRecord;
import dev.respite.idempotency.IdempotencySettings;
import dev.respite.idempotency.IdempotencyStore;
import dev.respite.idempotency.Resolution;
import dev.respite.idempotency.State;
import dev.respite.idempotency.StorageKey;
import dev.respite.idempotency.StoredResponse;
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
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        abbreviateSynopsis = true,
        header = "Says what came of a key whose outcome is unknown.",
        synopsisHeading = "%nUsage: ",
        description = {
            "%nFind out first, at the place where the effect would be. With --done, whoever sends the key again gets that"
                    + " response. With --not-done, it is run; the reason must hold, or it may be done twice:",
            "",
            "  fenced       the resource has seen a higher fence, and refuses this one",
            "  place-taken  the key's place is taken: a reservation, a voided payment",
            "  owner-dead   the process that owned it is known to have ended",
            "",
            "In Redis with withMostPerScope, the key keeps its place in the quota of its scope. Give it back with ZREM, see"
                    + " docs/idempotency-redis.md."
        },
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:it is resolved",
            " 1:there is no such key, or it is not UNKNOWN; nothing was changed",
            " 7:the database or Redis cannot be reached",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  respite keys resolve --url redis://localhost KEY --done 201 \\",
            "      --body-file receipt.json --content-type application/json",
            "  respite keys resolve --url jdbc:postgresql://localhost/bank KEY \\",
            "      --not-done --because owner-dead"
        })
final class KeysResolveCommand implements Callable<Integer> {

    private static final String POINTER = "Try 'respite keys resolve --help'.";

    private static final IdempotencySettings SETTINGS =
            IdempotencySettings.defaults().withBodyCap(Integer.MAX_VALUE);

    private static final Duration SHORTEST = Duration.ofHours(24);

    /** The longest retention that settings take. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final Console console;

    @Mixin
    private final StoreOptions where = new StoreOptions();

    @Parameters(paramLabel = "KEY", description = "The name of the record.")
    private String key = "";

    @Option(names = "--done", paramLabel = "STATUS", description = "It was done; the status to answer with.")
    private Optional<Integer> done = Optional.empty();

    @Option(names = "--body-file", paramLabel = "FILE", description = "With --done: the body to answer with.")
    private Optional<Path> bodyFile = Optional.empty();

    @Option(names = "--content-type", paramLabel = "TYPE", description = "With --body-file: its type.")
    private Optional<String> contentType = Optional.empty();

    @Option(names = "--not-done", description = "It was not done, and never will be by its late owner.")
    private boolean notDone;

    @Option(names = "--because", paramLabel = "REASON", description = "With --not-done: why not, see above.")
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
        StorageKey name = KeyName.read(key);
        Resolution resolution = resolution();
        Optional<IdempotencySettings> asked = keepHours.map(KeysResolveCommand::keeping);
        return where.use(console, store -> resolve(store, asked, name, resolution));
    }

    /** Resolves a record. It is not read afterwards: that could fail, though the record is resolved. */
    int resolve(IdempotencyStore store, Optional<IdempotencySettings> asked, StorageKey name, Resolution resolution) {
        IdempotencySettings settings = asked.orElseGet(() -> SETTINGS.withRetention(
                store.find(name).map(KeysResolveCommand::kept).orElse(SHORTEST)));
        if (Claims.in(store).with(settings).resolve(name, resolution)) {
            console.out()
                    .println(name
                            + (resolution instanceof Resolution.Done
                                    ? " is DONE: whoever sends it again gets this response"
                                    : " is READY: whoever sends it again runs it"));
            return ExitCodes.OK;
        }
        console.printMessage(store.find(name)
                .map(found -> name + " is " + found.state()
                        + ", and only UNKNOWN keys can be resolved; nothing was changed" + hint(found.state()))
                .orElseGet(() -> KeysShowCommand.missing(name)));
        return ExitCodes.NOTHING_DONE;
    }

    /**
     * The retention of the application, as far as the record shows it: its expiry is the retention after its last change, and the
     * end of its lease is the lease after that. Rounded up, which makes up for a lease of less than an hour.
     */
    private static Duration kept(IdempotencyRecord record) {
        Duration shown =
                Duration.between(record.times().leaseUntil(), record.times().expiresAt());
        Duration whole = Duration.ofHours(shown.plusHours(1).minusNanos(1).toHours());
        if (whole.compareTo(LONGEST) > 0) {
            return LONGEST;
        }
        return whole.compareTo(SHORTEST) < 0 ? SHORTEST : whole;
    }

    private static String hint(State state) {
        return switch (state) {
            case STARTED, EFFECT_STARTED ->
                ". Somebody is at work on it; if nobody is, it is taken over or becomes UNKNOWN when its key is sent again after"
                        + " the end of the lease";
            case READY -> ". It is run when its key is sent again";
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
            throw new UsageException("--body-file " + file + ": " + FileProblem.of(file, failed), POINTER);
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
