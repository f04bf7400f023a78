package dev.respite.cli.records;

import dev.respite.cli.console.Json;
import dev.respite.durable.DeadLetter;
import dev.respite.durable.DurableStats;
import java.time.Duration;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** The printed counts of calls and dead letters. */
final class CallCounts {

    private CallCounts() {}

    static Json of(DurableStats stats) {
        return counts(stats.due(), stats.running(), stats.scheduled(), stats.lag(), stats::deadLetters);
    }

    /** Returns the counts of each task, by its name. */
    static Json ofTasks(DurableStats stats) {
        Json tasks = Json.object();
        new TreeMap<>(stats.tasks())
                .forEach((name, task) -> tasks.put(
                        name, counts(task.due(), task.running(), task.scheduled(), task.lag(), task::deadLetters)));
        return tasks;
    }

    private static Json counts(
            long due, long running, long scheduled, Duration lag, ToLongFunction<DeadLetter.State> deadLetters) {
        Json counts = Json.object()
                .put("due", due)
                .put("running", running)
                .put("scheduled", scheduled)
                .put("lag", lag);
        for (DeadLetter.State state : DeadLetter.State.values()) {
            counts.put(state.name().toLowerCase(Locale.ROOT), deadLetters.applyAsLong(state));
        }
        return counts;
    }

    static String text(DurableStats stats) {
        return String.format(
                Locale.ROOT,
                "of all tasks: %,d dead, %,d paused, %,d parked, %,d cancelled; %,d due, %,d running, %,d scheduled",
                stats.deadLetters(DeadLetter.State.DEAD),
                stats.deadLetters(DeadLetter.State.PAUSED),
                stats.deadLetters(DeadLetter.State.PARKED),
                stats.deadLetters(DeadLetter.State.CANCELLED),
                stats.due(),
                stats.running(),
                stats.scheduled());
    }
}
