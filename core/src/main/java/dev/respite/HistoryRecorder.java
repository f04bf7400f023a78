package dev.respite;

import dev.respite.outcome.History;
import dev.respite.outcome.StopReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The history of a call while it is written. */
final class HistoryRecorder {

    private final List<History.Entry> first = new ArrayList<>();
    private final Deque<History.Entry> last = new ArrayDeque<>();
    private final String retry;
    private final @Nullable FlightRecorder recorder;
    private int attempts;
    private long attemptStart;

    HistoryRecorder(String retry, @Nullable FlightRecorder recorder) {
        this.retry = retry;
        this.recorder = recorder;
    }

    /** Goes on with the history of a call whose earlier attempts were recorded elsewhere. */
    HistoryRecorder(
            String retry,
            @Nullable FlightRecorder recorder,
            int attempts,
            List<History.Entry> first,
            List<History.Entry> last) {
        this(retry, recorder);
        this.attempts = attempts;
        this.first.addAll(first);
        this.last.addAll(last);
    }

    /** The first attempts so far. */
    List<History.Entry> first() {
        return List.copyOf(first);
    }

    /** The last of the others. */
    List<History.Entry> last() {
        return List.copyOf(last);
    }

    /** An attempt begins, so many nanoseconds after the call. */
    void attemptStarted(long nanos) {
        attemptStart = nanos;
        if (recorder != null) {
            recorder.attemptBegins();
        }
    }

    /** The attempt that began last has ended. */
    void add(int number, String label, long nanos, OptionalLong delayNanos) {
        add(new History.Entry(number, label, attemptStart, nanos - attemptStart, delayNanos), recorder);
    }

    /** One of several attempts that run side by side, each with a recorder of its own, has ended. */
    void add(History.Entry ended, @Nullable FlightRecorder itsRecorder) {
        attempts++;
        if (itsRecorder != null) {
            itsRecorder.attemptEnded(retry, ended.number(), ended.outcome(), ended.delayNanos());
        }
        store(ended);
    }

    /** After the delay of the attempt that ended last, the call has waited for its budget. */
    void addWait(long nanos) {
        if (last.isEmpty()) {
            first.set(first.size() - 1, first.get(first.size() - 1).plusWait(nanos));
        } else {
            last.addLast(last.removeLast().plusWait(nanos));
        }
    }

    private void store(History.Entry entry) {
        if (first.size() < History.MAX_LISTED) {
            first.add(entry);
            return;
        }
        if (last.size() == History.MAX_LISTED) {
            last.removeFirst();
        }
        last.addLast(entry);
    }

    History end(long elapsedNanos, StopReason reason) {
        if (recorder != null) {
            recorder.callEnded(retry, attempts, reason);
        }
        // Attempts that ran side by side did not end in the order of their numbers.
        first.sort(Comparator.comparingInt(History.Entry::number));
        return new History(attempts, Duration.ofNanos(elapsedNanos), reason, first, List.copyOf(last));
    }
}
