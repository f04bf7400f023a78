package dev.respite.cli.records;

import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Json;
import dev.respite.cli.console.UsageException;
import dev.respite.durable.PendingCall;
import dev.respite.durable.PendingCalls;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code respite durable call}: commands for operators, for durable calls that have not ended. */
@Command(
        name = "call",
        header = "Lists, shows, runs, reschedules and cancels calls that have not ended.",
        description = {
            "%nThe state of a call that has not ended: SCHEDULED if its next attempt is due later, DEFERRED if the budget"
                    + " has rejected its retry, IN_SEQUENCE if it waits for an earlier call of its sequence, DUE if it waits"
                    + " for a thread, RUNNING if an instance has picked it. A call that runs is left as it is, unless its instance"
                    + " has missed eight heartbeats, two minutes by default."
        },
        exitCodeList = {
            " 0:the command succeeded, and the call was changed",
            " 1:there is no such call, or it was left as it is",
            " 7:the database cannot be reached, or has failed",
            "64:wrong usage, no driver for the URL, or a database without the tables"
        },
        footer = {
            "  respite durable call list --url jdbc:postgresql://localhost/shop \\",
            "      --task payment --error ConnectException",
            "  respite durable call run --url jdbc:postgresql://localhost/shop payment ID",
            "",
            "TASK and ID name a call, as the list shows them."
        })
final class PendingCallCommand {

    /** The largest rate of the library. */
    private static final int MAX_RATE = 1_000_000;

    private final Console console;

    PendingCallCommand(Console console) {
        this.console = console;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            header = "Lists the calls that have not ended, by task and id.",
            footer = {
                "  respite durable call list --url jdbc:postgresql://localhost/shop \\",
                "      --state SCHEDULED --older-than 7d",
                "  respite durable call list --url jdbc:postgresql://localhost/shop --json",
                "",
                "The error is the beginning of the last failure. With --json: calls (task, id, key, state, enqueuedAt or"
                        + " null, due, attempts, lastError, owner or null, heartbeatAge or null, sequence or null)."
            })
    int list(@Mixin DurableOptions where, @Mixin PendingCallSelection selection, @Mixin PageOptions page) {
        PendingCall.Filter filter = selection.filter(page.limit());
        Optional<List<String>> after = selection.after();
        return where.useCalls(console, (calls, queue) -> {
            List<PendingCall> found = after.map(last -> calls.listAfter(filter, last.get(0), last.get(1)))
                    .orElseGet(() -> calls.list(filter));
            return page.print(
                    console,
                    Json.object()
                            .put(
                                    "calls",
                                    found.stream().map(PendingCallFields::of).toList()),
                    found.isEmpty() ? List.of("no call is selected") : PendingCallFields.table(found),
                    found.stream().map(PendingCallSelection::cursor).toList());
        });
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            header = "Shows one call, without its data.",
            footer = {
                "  respite durable call show --url jdbc:postgresql://localhost/shop payment ID",
                "",
                "The last error has up to 200 characters. With --json: task, id, key, state, enqueuedAt or null, due,"
                        + " attempts, lastError, owner or null, heartbeatAge or null, sequence or null."
            })
    int show(@Mixin DurableOptions where, @Mixin PendingCallName name, @Mixin RecordOutput output) {
        name.check();
        return where.useCalls(console, (calls, queue) -> {
            Optional<Json> found = calls.find(name.task(), name.id()).map(PendingCallFields::of);
            return output.printFound(console, found, name.missing());
        });
    }

    @Command(
            name = "run",
            mixinStandardHelpOptions = true,
            header = "Makes a call due now, whatever its backoff is.",
            description = {
                "%nIts next attempt has the next number, and is made by an instance that runs its task. A call that waits"
                        + " for an earlier one of its sequence is left as it is."
            },
            footer = {
                "  respite durable call run --url jdbc:postgresql://localhost/shop payment ID",
                "",
                "With --json: task, id, result (CHANGED, RUNNING, IN_SEQUENCE or ABSENT), message."
            })
    int run(@Mixin DurableOptions where, @Mixin PendingCallName name, @Mixin RecordOutput output) {
        name.check();
        return where.useCalls(
                console,
                (calls, queue) -> name.print(calls.runNow(name.task(), name.id()), "is due now", console, output));
    }

    @Command(
            name = "reschedule",
            mixinStandardHelpOptions = true,
            header = "Changes the time from which a call is due.",
            description = {
                "%nThe total timeout of the call goes on: if it is over by then, the call is given up. The time is of the"
                        + " clock of the database. With options instead of a name, all calls that they select are"
                        + " rescheduled, one after the other."
            },
            footer = {
                "  respite durable call reschedule --url jdbc:postgresql://localhost/shop \\",
                "      payment ID --in 10m",
                "  respite durable call reschedule --url jdbc:postgresql://localhost/shop \\",
                "      payment ID --at 2026-12-01T10:00:00Z",
                "  respite durable call reschedule --url jdbc:postgresql://localhost/shop \\",
                "      --task payment --error ConnectException --in 10m --rate 50/s --dry-run",
                "",
                "With --json: task, id, result (CHANGED, RUNNING or ABSENT), message. Of selected calls: their number by"
                        + " result (changed, running, in_sequence, absent), or with --dry-run: selected."
            })
    int reschedule(
            @Mixin DurableOptions where,
            @Mixin PendingCallName name,
            @Mixin PendingCallSelection selection,
            @Mixin PendingCallChanges changes,
            @Mixin DueOptions time,
            @Option(
                            names = "--rate",
                            paramLabel = "RATE",
                            defaultValue = "1000000/s",
                            description =
                                    "How many selected calls are due in a second, such as 50/s. Default: all at once.")
                    double rate,
            @Mixin RecordOutput output) {
        boolean isSelected = selection.isUsed(name);
        time.check();
        if (!(rate > 0 && rate <= MAX_RATE)) {
            throw new UsageException("--rate: the rate is out of its range", "Give a rate above 0/s, up to 1000000/s.");
        }
        return where.useCalls(console, (calls, queue) -> {
            if (changes.isDryRun()) {
                return preview(calls, selection, name, output);
            }
            Instant due = time.due(queue);
            if (isSelected) {
                PendingCall.Filter filter = selection.filter(PendingCallChanges.BATCH);
                return PendingCallChanges.print(calls.reschedule(filter, due, rate), "rescheduled", console, output);
            }
            return name.print(
                    calls.reschedule(name.task(), name.id(), due),
                    "is due at " + due.truncatedTo(ChronoUnit.SECONDS),
                    console,
                    output);
        });
    }

    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            header = "Ends a call without another attempt.",
            description = {
                "%nThe call becomes a dead letter in the state CANCELLED, which can be replayed, and the next call of its"
                        + " sequence goes on. In a terminal the command asks first, with the number of calls; elsewhere it"
                        + " needs --yes. With options instead of a name, all calls that they select are cancelled."
            },
            footer = {
                "  respite durable call cancel --url jdbc:postgresql://localhost/shop payment ID",
                "  respite durable call cancel --url jdbc:postgresql://localhost/shop --yes \\",
                "      payment ID",
                "  respite durable call cancel --url jdbc:postgresql://localhost/shop \\",
                "      --task payment --error ConnectException --dry-run",
                "",
                "With --json: task, id, result (CHANGED, RUNNING or ABSENT), message. Of selected calls: their number by"
                        + " result (changed, running, in_sequence, absent), or with --dry-run: selected."
            })
    int cancel(
            @Mixin DurableOptions where,
            @Mixin PendingCallName name,
            @Mixin PendingCallSelection selection,
            @Mixin PendingCallChanges changes,
            @Mixin Confirmation confirmation,
            @Mixin RecordOutput output) {
        boolean isSelected = selection.isUsed(name);
        if (!changes.isDryRun()) {
            confirmation.check(
                    console,
                    "cancel ends a call",
                    "'respite durable call show' shows the call that would be cancelled; --dry-run counts selected calls.");
        }
        return where.useCalls(console, (calls, queue) -> {
            if (changes.isDryRun()) {
                return preview(calls, selection, name, output);
            }
            if (isSelected) {
                PendingCall.Filter filter = selection.filter(PendingCallChanges.BATCH);
                String question = "cancel: " + PendingCallChanges.text(calls.count(filter)) + " selected; go on";
                return confirmation.isGiven(console, question)
                        ? PendingCallChanges.print(calls.cancel(filter), "cancelled", console, output)
                        : ExitCodes.NOTHING_CHANGED;
            }
            if (!confirmation.isGiven(console, "cancel " + name.text())) {
                return ExitCodes.NOTHING_CHANGED;
            }
            PendingCalls.Change change = calls.cancel(name.task(), name.id());
            return name.print(
                    change,
                    "is cancelled; 'respite durable list --state CANCELLED' lists its dead letter",
                    console,
                    output);
        });
    }

    private int preview(PendingCalls calls, PendingCallSelection selection, PendingCallName name, RecordOutput output) {
        long selected = name.isGiven()
                ? calls.find(name.task(), name.id()).stream().count()
                : calls.count(selection.filter(PendingCallChanges.BATCH));
        return PendingCallChanges.preview(selected, console, output);
    }
}
