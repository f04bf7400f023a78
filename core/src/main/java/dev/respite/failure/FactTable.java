package dev.respite.failure;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The built-in table: class names and what they state. {@code docs/failures.md} has it for readers. */
final class FactTable {

    private static final List<Row> ROWS = Stream.of(JdkRows.ROWS, DatabaseRows.ROWS, HttpClientRows.ROWS, RpcRows.ROWS)
            .flatMap(List::stream)
            .toList();

    private static final Map<String, Integer> BY_NAME = byName();

    private FactTable() {}

    private static Map<String, Integer> byName() {
        Map<String, Integer> rows = new HashMap<>();
        for (int row = 0; row < ROWS.size(); row++) {
            rows.put(ROWS.get(row).type(), row);
        }
        return Map.copyOf(rows);
    }

    static Row row(int number) {
        return ROWS.get(number);
    }

    static List<Row> rows() {
        return ROWS;
    }

    /** The row of the class or of its nearest superclass that has one; -1 if none has. */
    static int find(Class<?> type) {
        for (@Nullable Class<?> c = type; c != null; c = c.getSuperclass()) {
            @Nullable Integer row = BY_NAME.get(c.getName());
            if (row != null) {
                return row;
            }
        }
        return -1;
    }
}
