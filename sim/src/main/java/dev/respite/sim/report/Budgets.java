package dev.respite.sim.report;

import dev.respite.sim.report.Chart.Line;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;

/** The budgets that a comparison shows: in a chain of services, those of the callers that pay for retries. */
final class Budgets {

    private final List<Recording> recordings;
    private final String payer;

    private Budgets(List<Recording> recordings, String payer) {
        this.recordings = recordings;
        this.payer = payer;
    }

    /** The budgets of those callers that have paid for the most retries, or were refused the most. */
    static Budgets of(List<Recording> recordings) {
        String payer = recordings.get(0).payers().stream()
                .max(Comparator.comparingLong(caller -> retries(recordings, caller)))
                .orElse(RunRecorder.CLIENTS);
        return new Budgets(recordings, payer);
    }

    private static long retries(List<Recording> recordings, String caller) {
        return recordings.stream()
                .filter(recording -> hasBudget(recording, caller))
                .mapToLong(recording -> recording.retriesOf(caller))
                .sum();
    }

    private static boolean hasBudget(Recording recording, String caller) {
        return recording.mayRetry(caller) && recording.budgetOf(caller).isFinite();
    }

    boolean areAny() {
        return recordings.stream().anyMatch(recording -> hasBudget(recording, payer));
    }

    private boolean areOfClients() {
        return payer.equals(RunRecorder.CLIENTS);
    }

    String title() {
        return areOfClients()
                ? "Retries that the budgets have left"
                : "Retries that the budget of '" + payer + "' has left";
    }

    String about(Bins bins) {
        String whose = areOfClients() ? "a client's budget" : "the budget of '" + payer + "'";
        String choice = recordings.get(0).payers().size() == 1
                ? ""
                : " Of all callers, this one has paid for the most retries, or was refused the most.";
        return "How many more retries " + whose + " would have granted at the end of each bin of " + bins.length()
                + ", on average. Policies without a budget, or without retries, have no line." + choice;
    }

    List<Line> lines(BiFunction<String, Band, Line> line) {
        return recordings.stream()
                .map(recording -> hasBudget(recording, payer)
                        ? line.apply(recording.name(), recording.budgetOf(payer))
                        : Line.none(recording.name()))
                .toList();
    }
}
