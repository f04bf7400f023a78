package dev.respite.torture;

import dev.respite.torture.TortureRun.Result;
import dev.respite.torture.fault.Report;
import java.util.LinkedHashMap;
import java.util.Map;

/** Formats the result of a run as a table or as JSON. */
final class TortureReport {

    private TortureReport() {}

    /** Returns all figures by name, in the order of the output. */
    private static Map<String, Long> figures(Result result) {
        ConsistencyResult consistency = result.consistency();
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
        Report.addFaults(figures, result.faults());
        return figures;
    }

    static String table(Result result) {
        return Report.table(figures(result), result.faults(), conclusion(result.consistency()));
    }

    static String json(TortureConfig config, Result result) {
        return Report.json(figures(result), result.faults(), config.sabotage().map(Object::toString));
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
