package dev.respite.torture;

import dev.respite.torture.TortureRun.Result;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Formats the result of a run as a table or as JSON. */
final class TortureReport {

    private static final int LABEL = 24;

    private TortureReport() {}

    /** Returns all figures by name, in the order of the output. */
    private static Map<String, Long> figures(Result result) {
        ConsistencyResult consistency = result.consistency();
        FaultCounts faults = result.faults();
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("keys", (long) consistency.keys());
        figures.put("effects", (long) consistency.effects());
        figures.put("duplicated", (long) consistency.duplicated());
        figures.put("lost", (long) consistency.lost());
        figures.put("acknowledgedButMissing", (long) consistency.acknowledgedButMissing());
        figures.put("replaysDiffering", (long) consistency.replaysDiffering());
        figures.put("unknown", (long) consistency.unknown());
        figures.put("moneyBefore", consistency.moneyBefore());
        figures.put("moneyAfter", consistency.moneyAfter());
        figures.put("kills", (long) faults.of(FaultCounts.Category.KILL));
        figures.put("pauses", (long) faults.of(FaultCounts.Category.PAUSE));
        figures.put("cuts", (long) faults.of(FaultCounts.Category.CUT));
        figures.put("storeRestarts", (long) faults.of(FaultCounts.Category.STORE_RESTART));
        return figures;
    }

    static String table(TortureConfig config, Result result) {
        StringBuilder text = new StringBuilder();
        figures(result).forEach((name, value) -> text.append(String.format("%-" + LABEL + "s%,12d%n", name, value)));
        text.append(String.format("%nkilled at%n"));
        result.faults()
                .killsAt()
                .forEach((step, count) -> text.append(String.format("  %-" + (LABEL - 2) + "s%,12d%n", step, count)));
        text.append(String.format("%n%s%n", conclusion(result.consistency())));
        return text.toString();
    }

    static String json(TortureConfig config, Result result) {
        String killsAt = result.faults().killsAt().entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "\"killsAt\":{", "}"));
        String sabotage =
                config.sabotage().map(what -> ",\"sabotage\":\"" + what + "\"").orElse("");
        return figures(result).entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "," + killsAt + sabotage + "}"));
    }

    private static String conclusion(ConsistencyResult consistency) {
        if (consistency.isClean()) {
            return "clean: no duplicate, no loss, and every replay identical";
        }
        return "NOT CLEAN"
                + (consistency.unresolved() == 0
                        ? ""
                        : ": " + consistency.unresolved() + " transfers without a definite response")
                + (consistency.unexpectedEffects() == 0
                        ? ""
                        : ": " + consistency.unexpectedEffects() + " effects of unknown transfers");
    }
}
