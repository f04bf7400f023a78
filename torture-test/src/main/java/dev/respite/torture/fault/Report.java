package dev.respite.torture.fault;

import dev.respite.torture.fault.FaultCounts.Category;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats figures, and the kills at each step, as a table or as JSON. */
public final class Report {

    private static final int LABEL = 24;

    private Report() {}

    /** Adds the figures of the faults that every mode has. */
    public static void addFaults(Map<String, Long> figures, FaultCounts faults) {
        figures.put("kills", (long) faults.of(Category.KILL));
        figures.put("pauses", (long) faults.of(Category.PAUSE));
        figures.put("cuts", (long) faults.of(Category.CUT));
        figures.put("storeRestarts", (long) faults.of(Category.STORE_RESTART));
    }

    /** Returns a table with a conclusion at its end. */
    public static String table(Map<String, Long> figures, FaultCounts faults, String conclusion) {
        StringBuilder text = new StringBuilder();
        figures.forEach((name, value) -> text.append(String.format("%-" + LABEL + "s%,12d%n", name, value)));
        text.append(String.format("%nkilled at%n"));
        faults.killsAt()
                .forEach((step, count) -> text.append(String.format("  %-" + (LABEL - 2) + "s%,12d%n", step, count)));
        text.append(String.format("%n%s%n", conclusion));
        return text.toString();
    }

    /** Returns one JSON object. */
    public static String json(Map<String, Long> figures, FaultCounts faults, Optional<String> sabotage) {
        String killsAt = members(faults.killsAt()).collect(Collectors.joining(",", "\"killsAt\":{", "}"));
        String protection =
                sabotage.map(what -> ",\"sabotage\":\"" + what + "\"").orElse("");
        return members(figures).collect(Collectors.joining(",", "{", "," + killsAt + protection + "}"));
    }

    private static Stream<String> members(Map<?, ?> values) {
        return values.entrySet().stream().map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue());
    }
}
