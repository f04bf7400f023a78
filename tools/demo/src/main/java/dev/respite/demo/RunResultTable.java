package dev.respite.demo;

import dev.respite.cli.console.TextFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Help.Ansi;

/** Formats the results of all strategies as a table. */
final class RunResultTable {

    private static final int LABEL = 24;
    private static final int CELL = 14;

    private final Map<ClientStrategy, RunResult> results;
    private final List<String> lines = new ArrayList<>();

    private RunResultTable(Map<ClientStrategy, RunResult> results) {
        this.results = results;
    }

    static List<String> lines(Map<ClientStrategy, RunResult> results) {
        RunResultTable table = new RunResultTable(results);
        table.rows();
        table.lines.add("");
        results.forEach((strategy, result) -> table.lines.add(conclusion(strategy, result)));
        return table.lines;
    }

    private void rows() {
        StringBuilder head = new StringBuilder(" ".repeat(LABEL));
        results.keySet().forEach(strategy -> head.append(TextFormat.right(strategy.toString(), CELL)));
        lines.add(styled("bold", head.toString()));
        row("transfers", result -> TextFormat.count(result.reported().transfers()));
        row("succeeded", result -> TextFormat.count(result.reported().succeeded()));
        fault("failed", result -> result.reported().failed());
        fault("run twice", result -> result.observed().duplicated());
        row("attempts per call", result -> TextFormat.ratio(result.attemptsPerCall()));
        row("requests at the server", result -> TextFormat.count(result.cost().requests()));
        row("p50", result -> TextFormat.time(result.cost().p50()));
        row("p99", result -> TextFormat.time(result.cost().p99()));
        row("money before", result -> TextFormat.count(result.observed().before()));
        row("money after", result -> TextFormat.count(result.observed().after()));
        fault("money discrepancy", result -> result.observed().discrepancy());
    }

    private void row(String label, Function<RunResult, String> cell) {
        line(label, result -> TextFormat.right(cell.apply(result), CELL));
    }

    /** Adds a row whose values should all be 0. */
    private void fault(String label, ToLongFunction<RunResult> cell) {
        line(label, result -> {
            long faults = cell.applyAsLong(result);
            return styled(faults == 0 ? "green" : "bold,red", TextFormat.right(TextFormat.count(faults), CELL));
        });
    }

    private void line(String label, Function<RunResult, String> cell) {
        StringBuilder line = new StringBuilder(TextFormat.left(label, LABEL));
        results.values().forEach(result -> line.append(cell.apply(result)));
        lines.add(line.toString());
    }

    private static String conclusion(ClientStrategy strategy, RunResult result) {
        String head = TextFormat.left(strategy.toString(), 9);
        if (result.isClean()) {
            return head + styled("bold,green", "every transfer executed exactly once");
        }
        List<String> parts = new ArrayList<>();
        add(parts, result.reported().failed(), " failed");
        add(parts, result.observed().movedDespiteFailure(), " of them after the money had moved");
        add(parts, result.observed().duplicated(), " ran more than once");
        return head + String.join(", ", parts);
    }

    private static void add(List<String> parts, long count, String text) {
        if (count > 0) {
            parts.add(TextFormat.count(count) + text);
        }
    }

    private static String styled(String style, String text) {
        return Ansi.AUTO.string("@|" + style + " " + text + "|@");
    }
}
