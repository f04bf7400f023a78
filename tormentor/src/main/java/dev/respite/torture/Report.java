package dev.respite.torture;

import dev.respite.torture.Ordeal.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What came of a run, for people and for programs. */
final class Report {

    private static final int LABEL = 24;

    private Report() {}

    /** All figures by their names, in the order in which they are told. */
    private static Map<String, Long> figures(Outcome outcome) {
        Verdict verdict = outcome.verdict();
        Damage damage = outcome.damage();
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put("keys", (long) verdict.keys());
        figures.put("effects", (long) verdict.effects());
        figures.put("duplicated", (long) verdict.duplicated());
        figures.put("lost", (long) verdict.lost());
        figures.put("acknowledgedButMissing", (long) verdict.acknowledgedButMissing());
        figures.put("replaysDiffering", (long) verdict.replaysDiffering());
        figures.put("unknown", (long) verdict.unknown());
        figures.put("moneyBefore", verdict.moneyBefore());
        figures.put("moneyAfter", verdict.moneyAfter());
        figures.put("kills", (long) damage.of(Damage.Kind.KILL));
        figures.put("pauses", (long) damage.of(Damage.Kind.PAUSE));
        figures.put("cuts", (long) damage.of(Damage.Kind.CUT));
        figures.put("storeRestarts", (long) damage.of(Damage.Kind.STORE_RESTART));
        return figures;
    }

    static String table(Plan plan, Outcome outcome) {
        StringBuilder text = new StringBuilder();
        figures(outcome).forEach((name, value) -> text.append(String.format("%-" + LABEL + "s%,12d%n", name, value)));
        text.append(String.format("%nkilled at%n"));
        outcome.damage()
                .killsAt()
                .forEach((step, count) -> text.append(String.format("  %-" + (LABEL - 2) + "s%,12d%n", step, count)));
        text.append(String.format("%n%s%n", story(outcome.verdict())));
        return text.toString();
    }

    static String json(Plan plan, Outcome outcome) {
        String killsAt = outcome.damage().killsAt().entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "\"killsAt\":{", "}"));
        String sabotage =
                plan.sabotage().map(what -> ",\"sabotage\":\"" + what + "\"").orElse("");
        return figures(outcome).entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "," + killsAt + sabotage + "}"));
    }

    private static String story(Verdict verdict) {
        if (verdict.isClean()) {
            return "clean: nothing twice, nothing lost, and every replay the same";
        }
        return "NOT CLEAN"
                + (verdict.unanswered() == 0 ? "" : ": " + verdict.unanswered() + " without a definite answer")
                + (verdict.strays() == 0 ? "" : ": " + verdict.strays() + " effects that nobody has asked for");
    }
}
