package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.cli.console.TextFormat;
import dev.respite.cli.console.UsageException;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code respite durable}: commands for operators, for durable calls that were given up, are paused or could not be read. */
@Command(
        name = "durable",
        header = "Lists, shows, replays, discards and resumes durable calls.",
        description = {
            "%nA durable call that does not end with success becomes a dead letter: DEAD if its policy has given it up,"
                    + " PAUSED if its task pauses instead, PARKED if no instance knows its task or its data cannot be read,"
                    + " CANCELLED if an operator has cancelled it. It stays until an operator replays or discards it."
        },
        exitCodeList = {
            " 0:the command succeeded, and all dead letters were changed",
            " 1:a dead letter does not exist, or it was not changed; the others are",
            " 7:the database cannot be reached, or has failed",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footer = {
            "  respite durable list --url jdbc:postgresql://localhost/shop --user shop \\",
            "      --password-env PGPASSWORD",
            "  respite durable replay --url jdbc:postgresql://localhost/shop DEAD-LETTER",
            "  respite durable resume --url jdbc:postgresql://localhost/shop payment",
            "  respite durable call list --url jdbc:postgresql://localhost/shop",
            "",
            "DEAD-LETTER is the id of a dead letter, as the list shows it."
        })
final class DurableCommand {

    private static final String DEAD_LETTER = "DEAD-LETTER";

    /** The largest rate of the library. */
    private static final int MAX_RATE = 1_000_000;

    /** The number of dead letters that are read at a time. */
    private static final int BATCH = 100;

    /** The number of dead letters whose sequences are named before they are discarded. */
    private static final int MAX_WARNED = 1_000;

    private final Console console;

    private DurableCommand(Console console) {
        this.console = console;
    }

    /** Returns the command with its subcommands. */
    static CommandLine create(Console console) {
        return new CommandLine(new DurableCommand(console)).addSubcommand(new PendingCallCommand(console));
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            header = "Counts the calls, and lists the dead letters, the oldest first.",
            footer = {
                "  respite durable list --url jdbc:postgresql://localhost/shop --user shop \\",
                "      --password-env PGPASSWORD",
                "  respite durable list --url jdbc:postgresql://localhost/shop --task payment \\",
                "      --state PAUSED --json",
                "",
                "The error is the beginning of the last failure, and show prints all of it. The last line counts the"
                        + " listed dead letters by reason. With --json: calls of all tasks (due, running, scheduled, lag, dead, paused, parked,"
                        + " cancelled), tasks (the same of each task, by its name),"
                        + " deadLetters (deadLetter, task, id, key, state, reason, parkedAt, firstStart or null, attempts,"
                        + " lastError, history, sequence or null, dataVersion)."
            })
    int list(
            @Mixin DurableOptions where,
            @Mixin DeadLetterSelection selection,
            @Mixin PageOptions page,
            @Option(names = PageOptions.AFTER, paramLabel = "ENTRY", description = PageOptions.AFTER_ENTRY)
                    Optional<String> after) {
        DeadLetter.Filter filter = selection.filter(page.limit());
        return where.use(console, (letters, queue) -> {
            Optional<DeadLetter> last = after.flatMap(letters::find);
            if (after.isPresent() && last.isEmpty()) {
                console.printMessage(missing(after.get()) + ". Without --after the list starts from the oldest");
                return ExitCodes.NOTHING_CHANGED;
            }
            List<DeadLetter> found =
                    last.map(letter -> letters.listAfter(filter, letter)).orElseGet(() -> letters.list(filter));
            DurableStats stats = queue.stats();
            List<String> lines = new ArrayList<>(List.of(CallCounts.text(stats)));
            lines.addAll(DeadLetterFields.table(found));
            DeadLetterFields.reasons(found).ifPresent(lines::add);
            return page.print(
                    console,
                    Json.object()
                            .put("calls", CallCounts.of(stats))
                            .put("tasks", CallCounts.ofTasks(stats))
                            .put(
                                    "deadLetters",
                                    found.stream().map(DeadLetterFields::of).toList()),
                    lines,
                    found.stream().map(DeadLetter::letterId).toList());
        });
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            header = "Shows one dead letter, with its data, which may be confidential.",
            footer = {
                "  respite durable show --url jdbc:postgresql://localhost/shop DEAD-LETTER",
                "  respite durable show --url jdbc:postgresql://localhost/shop DEAD-LETTER \\",
                "      --json",
                "",
                "The data is shown as text if it is printable UTF-8, and otherwise in hexadecimal. With --json:"
                        + " deadLetter, task, id, key, state, reason, parkedAt, firstStart or null, attempts, lastError,"
                        + " history, sequence or null, dataVersion, data (text or null), dataHex (or null). Both are null"
                        + " if the row cannot be read."
            })
    int show(
            @Mixin DurableOptions where,
            @Parameters(paramLabel = DEAD_LETTER, description = "The id of the dead letter.") String id,
            @Mixin RecordOutput output) {
        return where.use(console, (letters, queue) -> {
            Optional<DeadLetter> letter = letters.find(id);
            if (letter.isEmpty()) {
                console.printMessage(missing(id));
                return ExitCodes.NOTHING_CHANGED;
            }
            Optional<CallData> data = letters.data(id).map(CallData::of);
            return output.print(
                    console, DeadLetterFields.of(letter.get(), data), DeadLetterFields.lines(letter.get(), data));
        });
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            header = "Puts calls back, which are then due now.",
            description = {
                "%nA call that is replayed keeps its id and its idempotency key, and begins with attempt 1. Each is put"
                        + " back in a transaction of its own. With options instead of ids, all that they select are put back."
            },
            footer = {
                "  respite durable replay --url jdbc:postgresql://localhost/shop DEAD-LETTER",
                "  respite durable replay --url jdbc:postgresql://localhost/shop \\",
                "      DEAD-LETTER DEAD-LETTER --json",
                "  respite durable replay --url jdbc:postgresql://localhost/shop --task payment \\",
                "      --error ConnectException --rate 50/s",
                "",
                "With --json: replayed (ids), unchanged (deadLetter, reason)."
            })
    int replay(
            @Mixin DurableOptions where,
            @Parameters(paramLabel = DEAD_LETTER, arity = "0..*", description = "The ids of the dead letters.")
                    @Nullable
                    List<String> given,
            @Mixin DeadLetterSelection selection,
            @Option(
                            names = "--rate",
                            paramLabel = "RATE",
                            defaultValue = MAX_RATE + "/s",
                            description =
                                    "How many selected calls are due in a second, such as 50/s. Default: all at once.")
                    double rate,
            @Mixin RecordOutput output) {
        List<String> ids = given == null ? List.of() : given;
        boolean isSelected = selection.isUsed(ids);
        if (!(rate > 0 && rate <= MAX_RATE)) {
            throw new UsageException("--rate: the rate is out of its range", "Give a rate above 0/s, up to 1000000/s.");
        }
        return where.use(console, (letters, queue) -> {
            DeadLetterChanges changes = new DeadLetterChanges("replayed", letters::replay);
            return isSelected
                    ? changes.print(letters.replay(selection.filter(BATCH), rate), console, output)
                    : changes.apply(ids, console, output);
        });
    }

    @Command(
            name = "discard",
            mixinStandardHelpOptions = true,
            header = "Removes dead letters permanently.",
            description = {
                "%nA call that is discarded is never made again, and its data is lost. In a terminal the command asks"
                        + " first; elsewhere it needs --yes."
            },
            footer = {
                "  respite durable discard --url jdbc:postgresql://localhost/shop DEAD-LETTER",
                "  respite durable discard --url jdbc:postgresql://localhost/shop --yes \\",
                "      --task payment --older-than 30d",
                "",
                "With --json: discarded (ids), unchanged (deadLetter, reason)."
            })
    int discard(
            @Mixin DurableOptions where,
            @Parameters(paramLabel = DEAD_LETTER, arity = "0..*", description = "The ids of the dead letters.")
                    @Nullable
                    List<String> given,
            @Mixin DeadLetterSelection selection,
            @Mixin Confirmation confirmation,
            @Mixin RecordOutput output) {
        List<String> ids = given == null ? List.of() : given;
        boolean isSelected = selection.isUsed(ids);
        confirmation.check(
                console, "discard removes calls permanently", "'respite durable show' shows what would be lost.");
        String which = isSelected ? "all selected dead letters" : count(ids.size(), "dead letter");
        return where.use(console, (letters, queue) -> {
            List<DeadLetter> first = isSelected
                    ? letters.list(selection.filter(MAX_WARNED))
                    : ids.stream().flatMap(id -> letters.find(id).stream()).toList();
            DeadLetterFields.warning(first).ifPresent(console::printMessage);
            if (!confirmation.isGiven(console, "discard " + which + " permanently")) {
                return ExitCodes.NOTHING_CHANGED;
            }
            DeadLetterChanges changes = new DeadLetterChanges("discarded", letters::discard);
            return isSelected
                    ? changes.print(letters.discard(selection.filter(BATCH)), console, output)
                    : changes.apply(ids, console, output);
        });
    }

    private static String count(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            header = "Replays the paused calls of a task.",
            description = {
                "%nFor a task that pauses instead of giving up, when the other system works again. All calls are due at"
                        + " once; the budget and the jitter of the policy shape their retries."
            },
            footer = {
                "  respite durable resume --url jdbc:postgresql://localhost/shop payment",
                "  respite durable resume --url jdbc:postgresql://localhost/shop payment --json",
                "",
                "With --json: resumed (ids), unchanged (deadLetter, reason)."
            })
    int resume(
            @Mixin DurableOptions where,
            @Parameters(paramLabel = "TASK", description = "The name of the task.") String task,
            @Option(
                            names = "--sequence",
                            paramLabel = "NAME",
                            description = "Only the one that holds up this sequence.")
                    Optional<String> sequence,
            @Mixin RecordOutput output) {
        DeadLetter.Filter paused = DeadLetter.Filter.all().withTask(task).withState(DeadLetter.State.PAUSED);
        DeadLetter.Filter selected = sequence.map(paused::withSequence).orElse(paused);
        return where.use(
                console,
                (letters, queue) -> new DeadLetterChanges("resumed", letters::replay)
                        .print(letters.replay(selected, MAX_RATE), console, output));
    }

    static String missing(String id) {
        return "there is no dead letter '" + TextFormat.printable(id)
                + "'; it may have been replayed or discarded. 'respite durable list' lists the ids";
    }
}
