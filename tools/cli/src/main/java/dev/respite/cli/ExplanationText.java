package dev.respite.cli;

import dev.respite.cli.console.TextFormat;
import dev.respite.policy.Explanation;
import dev.respite.policy.PlannedDelay;
import dev.respite.sim.foresight.Foresight;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/** Formats an explanation as text. */
final class ExplanationText {

    private static final String INDENT = "  ";
    private static final int LABEL = 32;
    private static final int CELL = 11;

    /** The maximum number of rows; later rows add no information. */
    private static final int ROWS = 12;

    private final Explanation explanation;
    private final List<RuleExplanation> rules;
    private final StringBuilder text = new StringBuilder();

    private ExplanationText(Explanation explanation, List<RuleExplanation> rules) {
        this.explanation = explanation;
        this.rules = rules;
    }

    static String of(Explanation explanation, List<RuleExplanation> rules, Optional<Foresight> foresight) {
        ExplanationText printed = new ExplanationText(explanation, rules);
        printed.policy();
        printed.schedule();
        printed.load();
        printed.budgetWait();
        foresight.ifPresent(printed::fleet);
        printed.warnings();
        return printed.text.toString();
    }

    private void policy() {
        heading("Policy");
        line(TextFormat.wrap(INDENT, INDENT, explanation.policy().toString()));
    }

    private void schedule() {
        heading("Delay before each retry");
        table(explanation.retries());
        for (RuleExplanation rule : rules) {
            if (rule.explanation().retries().equals(explanation.retries())) {
                continue;
            }
            line(TextFormat.wrap(INDENT, INDENT, "After " + rule.error() + ", by its own rule:"));
            table(rule.explanation().retries());
        }
        boolean retried = Stream.concat(Stream.of(explanation), rules.stream().map(RuleExplanation::explanation))
                .anyMatch(explained -> !explained.retries().isEmpty());
        if (retried) {
            line(TextFormat.wrap(INDENT, INDENT, worst()));
        }
    }

    private void table(List<PlannedDelay> retries) {
        if (retries.isEmpty()) {
            line(INDENT + "There is no retry.");
            return;
        }
        line(row("retry", "least", "mean", "greatest"));
        for (PlannedDelay retry : retries.subList(0, Math.min(ROWS, retries.size()))) {
            line(row(
                    Integer.toString(retry.number()),
                    TextFormat.time(retry.minNanos()),
                    TextFormat.time(retry.meanNanos()),
                    TextFormat.time(retry.maxNanos())));
        }
        if (retries.size() > ROWS) {
            line(TextFormat.right("...", INDENT.length() + "retry".length()));
        }
    }

    private String worst() {
        Optional<String> total =
                explanation.policy().limits().totalTimeout().map(limit -> TextFormat.time(limit.toNanos()));
        if (explanation.worstWait().isEmpty()) {
            return "There is no last one"
                    + total.map(limit -> "; the total timeout of " + limit + " ends them.")
                            .orElse(", and no total timeout.");
        }
        String wait = "All together at most "
                + TextFormat.time(explanation.worstWait().get().toNanos())
                + longestRule().map(rule -> " (" + rule.error() + ")").orElse("");
        String fits = explanation.fitsTotalTimeout() ? ", which fits" : ", which does not fit";
        return wait
                + total.map(limit -> fits + " the total timeout of " + limit + ".")
                        .orElse("; no total timeout.");
    }

    /** Returns the rule with the longest total delay. Empty if errors without a rule have a total delay that is as long. */
    private Optional<RuleExplanation> longestRule() {
        long listed =
                explanation.retries().stream().mapToLong(PlannedDelay::maxNanos).sum();
        boolean ordinary = explanation.worstWait().map(Duration::toNanos).equals(Optional.of(listed));
        return ordinary
                ? Optional.empty()
                : rules.stream()
                        .filter(rule -> rule.explanation().worstWait().equals(explanation.worstWait()))
                        .findFirst();
    }

    private void load() {
        List<LoadRow> rows = LoadRow.of(explanation);
        heading("Attempts per call, in the long run, when attempts fail");
        StringBuilder head = new StringBuilder(TextFormat.left(INDENT + "ratio of attempts that fail", LABEL));
        rows.forEach(row -> head.append(TextFormat.right(Math.round(row.failureRate() * 100) + " %", CELL)));
        line(head.toString());
        loads(rows, "by an ordinary error", LoadRow::ordinary);
        loads(rows, "by overload (a timeout)", LoadRow::overload);
        if (!explanation.policy().budget().toString().equals("off")) {
            loads(rows, "ordinary, without a budget", LoadRow::ordinaryWithoutBudget);
            loads(rows, "overload, without a budget", LoadRow::overloadWithoutBudget);
        }
    }

    private void budgetWait() {
        explanation.policy().limits().budgetWait().ifPresent(wait -> {
            heading("Waiting for the budget");
            line(TextFormat.wrap(
                    INDENT,
                    INDENT,
                    "A call whose retry the budget rejects waits for at most "
                            + TextFormat.time(wait.limit().toNanos())
                            + ", until successes of other calls release it; at most " + wait.maxCalls()
                            + " calls wait at the same time. The figures above and below do not count these retries."));
        });
    }

    private void loads(List<LoadRow> rows, String label, Function<LoadRow, OptionalDouble> column) {
        StringBuilder line = new StringBuilder(TextFormat.left(INDENT + label, LABEL));
        for (LoadRow row : rows) {
            OptionalDouble load = column.apply(row);
            line.append(TextFormat.right(load.isPresent() ? TextFormat.ratio(load.getAsDouble()) : "no bound", CELL));
        }
        line(line.toString());
    }

    private void fleet(Foresight foresight) {
        heading("All clients together");
        line(TextFormat.wrap(INDENT, INDENT, ForesightText.conclusion(foresight)));
        ForesightText.table(foresight).forEach(row -> line(INDENT + row));
    }

    private void warnings() {
        heading("Warnings");
        if (explanation.warnings().isEmpty()) {
            line(INDENT + "none");
        }
        for (Explanation.Warning warning : explanation.warnings()) {
            line(Ansi.AUTO.string(INDENT + "@|bold,yellow " + warning.code() + "|@"));
            line(TextFormat.wrap(INDENT + INDENT, INDENT + INDENT, warning.message()));
        }
    }

    private void heading(String content) {
        if (!text.isEmpty()) {
            line("");
        }
        line(Ansi.AUTO.string("@|bold " + content + "|@"));
    }

    private void line(String content) {
        text.append(content).append(System.lineSeparator());
    }

    private static String row(String number, String least, String mean, String greatest) {
        return TextFormat.right(number, INDENT.length() + "retry".length())
                + TextFormat.right(least, CELL)
                + TextFormat.right(mean, CELL)
                + TextFormat.right(greatest, CELL);
    }
}
