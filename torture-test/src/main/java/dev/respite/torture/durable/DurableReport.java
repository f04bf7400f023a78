package dev.respite.torture.durable;

import dev.respite.torture.fault.FaultCounts;
import dev.respite.torture.fault.FaultCounts.Category;
import dev.respite.torture.fault.Report;
import java.util.LinkedHashMap;
import java.util.Map;

/** Formats the result of a run of durable calls as a table or as JSON. */
final class DurableReport {

    private DurableReport() {}

    /** Returns all figures by name, in the order of the output. */
    private static Map<String, Long> figures(DurableResult calls, FaultCounts faults) {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("keys", (long) calls.keys());
        figures.put("tasks", (long) calls.tasks());
        figures.put("done", (long) calls.done());
        figures.put("deadLettered", (long) calls.deadLettered());
        figures.put("unfinished", (long) calls.unfinished());
        figures.put("effects", (long) calls.effects());
        figures.put("duplicated", (long) calls.duplicated());
        figures.put("lost", (long) calls.lost());
        figures.put("outOfOrder", (long) calls.outOfOrder());
        figures.put("acknowledgedButMissing", (long) calls.acknowledgedButMissing());
        figures.put("moneyBefore", calls.moneyBefore());
        figures.put("moneyAfter", calls.moneyAfter());
        figures.put("deployments", (long) faults.of(Category.DEPLOYMENT));
        Report.addFaults(figures, faults);
        return figures;
    }

    static String table(DurableResult calls, FaultCounts faults) {
        String conclusion = calls.isClean()
                ? "clean: every call has ended, and each effect took place once and in its turn"
                : "NOT CLEAN"
                        + (calls.unexpectedEffects() == 0
                                ? ""
                                : ": " + calls.unexpectedEffects() + " effects or calls of orders that are not stored");
        return Report.table(figures(calls, faults), faults, conclusion);
    }

    static String json(DurableConfig config, DurableResult calls, FaultCounts faults) {
        return Report.json(figures(calls, faults), faults, config.sabotage().map(Object::toString));
    }
}
