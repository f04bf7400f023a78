package dev.respite.sim;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The figures of clients with and without the filter, each beside the same load without retries. */
final class AdmissionTable {

    private final List<List<String>> rows = new ArrayList<>();

    AdmissionTable() {
        rows.add(List.of(
                "server",
                "clients",
                "fault",
                "filter",
                "calls",
                "succeeded, %",
                "the same without retries",
                "attempts a call",
                "refused retries",
                "recovery, s",
                "the same without retries",
                "within 1.3 × that + 2 s",
                "a worker's time, ms",
                "calls begin late by, p99, ms"));
        rows.add(Collections.nCopies(rows.get(0).size(), "---"));
    }

    /**
     * The situation of a row.
     *
     * @param server the servlet container
     * @param fault the fault
     * @param isFiltered whether retries were refused
     */
    record Situation(String server, String fault, boolean isFiltered) {}

    /**
     * Adds a row.
     *
     * @param clients the kind of clients
     * @param real a run for each seed
     * @param none the same runs without retries
     */
    void add(Situation situation, String clients, List<AdmissionFigures> real, List<AdmissionFigures> none) {
        rows.add(List.of(
                situation.server(),
                clients,
                situation.fault(),
                situation.isFiltered() ? "on" : "off",
                text(real, AdmissionFigures::calls, 0),
                text(real, AdmissionFigures::succeeded, 1),
                text(none, AdmissionFigures::succeeded, 1),
                text(real, AdmissionFigures::attempts, 2),
                text(real, AdmissionFigures::refused, 0),
                text(real, AdmissionFigures::recovery, 0),
                text(none, AdmissionFigures::recovery, 0),
                isWithinLimit(real, none) ? "yes" : "no",
                text(real, AdmissionFigures::work, 1),
                text(real, AdmissionFigures::late, 1)));
    }

    /** A recovery that did not happen is within no limit. */
    private static boolean isWithinLimit(List<AdmissionFigures> real, List<AdmissionFigures> none) {
        double recovery = RealityTable.mean(values(real, AdmissionFigures::recovery));
        double limit = 1.3 * RealityTable.mean(values(none, AdmissionFigures::recovery)) + 2;
        return Double.isFinite(recovery) && recovery <= limit;
    }

    private static double[] values(List<AdmissionFigures> runs, ToDoubleFunction<AdmissionFigures> figure) {
        return runs.stream().mapToDouble(figure).toArray();
    }

    private static String text(List<AdmissionFigures> runs, ToDoubleFunction<AdmissionFigures> figure, int decimals) {
        return RealityTable.spread(values(runs, figure), decimals);
    }

    @Override
    public String toString() {
        return rows.stream().map(row -> "| " + String.join(" | ", row) + " |\n").collect(Collectors.joining());
    }
}
