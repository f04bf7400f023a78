package dev.respite.sim;

import dev.respite.driver.CallState;
import dev.respite.driver.ResumableRetry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The table of a durable store: the rows that no instance has picked, in the order of their due times. */
final class BacklogTable {

    private final TreeSet<Row> waiting =
            new TreeSet<>(Comparator.<Row>comparingLong(row -> row.due).thenComparingInt(row -> row.id));
    private final List<Long> succeeded = new ArrayList<>();
    private int rows;
    private int deadLetters;

    /** A call. */
    static final class Row {
        private final int id;
        private long due;
        private long version;
        private boolean picked;
        private Optional<CallState> state = Optional.empty();

        private Row(int id) {
            this.id = id;
        }

        /** Before its first attempt a row has no state. */
        CallState state(ResumableRetry retry) {
            return state.orElseGet(retry::begin);
        }
    }

    /** A row as a poll has read it. */
    record Candidate(Row row, long version) {}

    /** A table of so many calls that are due at the beginning. */
    BacklogTable(int calls) {
        for (int id = 0; id < calls; id++) {
            waiting.add(new Row(id));
        }
        rows = calls;
    }

    /** The rows that have been due longest. */
    List<Candidate> due(long now, int limit) {
        List<Candidate> due = new ArrayList<>(limit);
        for (Row row : waiting) {
            if (row.due > now || due.size() == limit) {
                break;
            }
            due.add(new Candidate(row, row.version));
        }
        return due;
    }

    /** Returns whether the caller has the row now; another instance may have been first. */
    boolean pick(Candidate candidate) {
        Row row = candidate.row();
        if (row.picked || row.version != candidate.version()) {
            return false;
        }
        waiting.remove(row);
        row.picked = true;
        row.version++;
        return true;
    }

    void reschedule(Row row, CallState state, long due) {
        row.state = Optional.of(state);
        row.due = due;
        row.picked = false;
        row.version++;
        waiting.add(row);
    }

    void succeeded(long now) {
        rows--;
        succeeded.add(now);
    }

    void givenUp() {
        rows--;
        deadLetters++;
    }

    boolean isEmpty() {
        return rows == 0;
    }

    /** When each successful call ended, in nanoseconds. */
    List<Long> successes() {
        return succeeded;
    }

    int deadLetters() {
        return deadLetters;
    }
}
